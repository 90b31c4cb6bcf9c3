"""`v100 serve`, `v100 keys` and `v100 watch` as an operator types them."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import v100_ai as v100
from tests.serving import COMMAND, Server
from v100_ai.cli.watch import said

ENVIRONMENT = {**os.environ, "V100_DRAIN_SECONDS": "0", "NO_COLOR": "1", "COLUMNS": "40"}


def ran(*words: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=ENVIRONMENT | more,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    with Server(folder=folder, errors=subprocess.DEVNULL, drain_seconds=0) as server:
        yield server.url
        server.stop()


def test_keys_are_made_listed_and_revoked(folder: Path):
    made = ran("keys", "create", "camera", "--scope", "ingest", folder=folder)
    assert re.fullmatch(r"v100_[\w-]{43}\n", made.stdout)
    listed = ran("keys", "list", folder=folder).stdout
    key, scopes, session, name = listed.split()
    assert (scopes, session, name) == ("ingest", "-", "camera")
    assert made.stdout.strip() not in listed
    assert ran("keys", "revoke", key, folder=folder).returncode == 0
    assert ran("keys", "list", folder=folder).stdout.endswith("revoked\n")
    unknown = ran("keys", "revoke", "key_nothing", folder=folder)
    assert (unknown.returncode, unknown.stderr) == (2, "v100: there is no key key_nothing\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--host", "0.0.0.0"], "expected keys before 0.0.0.0 is served"),  # noqa: S104
        (["--host", "here"], "expected an IP address, found 'here'"),
        (["--port", "99999"], "port: Input should be less than or equal to 65535, found 99999"),
        (["--database", "oracle://db"], "expected"),
        (["--files", "none"], "files: Path does not point to a directory, found 'none'"),
        (["--config", "none.toml"], "expected a TOML file, found none at none.toml"),
    ],
)
def test_what_cannot_be_served_is_told(words: list[str], told: str, folder: Path):
    refused = ran("serve", "--port", "0", *words, folder=folder)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_key_closes_the_server_to_all_others(folder: Path, address: str):
    secret = ran("keys", "create", "admin", folder=folder).stdout.strip()
    with v100.Client(address, api_key=secret) as client:
        assert client.meetings.list().items == ()
    with v100.Client(address, api_key="v100_wrong") as client, pytest.raises(v100.ApiError) as no:
        client.meetings.list()
    assert no.value.status == 401


def test_a_session_is_watched_line_by_line(folder: Path, address: str):
    with v100.Client(address) as client:
        meeting = client.meetings.create(name="Standup", ai={"highlights": True})
        line = {
            "participant": "ann",
            "start": 0,
            "end": 2,
            "text": "I will send it by Friday.\x1b[2J",
        }
        client.meetings.captions.push(meeting.id, [line])
        client.meetings.end(meeting.id)
    watched = ran("watch", meeting.id, "--url", address, folder=folder)
    assert watched.returncode == 0, watched.stderr
    assert "transcript.segment" in watched.stdout
    assert "confirmed action_item: I will send it by Friday." in watched.stdout
    assert "\x1b" not in watched.stdout
    assert all(re.match(r" +\d+ \d\d:\d\d:\d\d ", each) for each in watched.stdout.splitlines())
    plain = ran("watch", meeting.id, "--url", address, "--json", folder=folder)
    events = [json.loads(each) for each in plain.stdout.splitlines()]
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    only = ran("watch", meeting.id, "--url", address, "--types", "session.ended", folder=folder)
    assert len(only.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (
            ("watch", "x", "--after", "foo"),
            2,
            "expected an event's number or `latest`, found 'foo'",
        ),
        (("watch", "x", "--url", "http://127.0.0.1:1"), 1, "http://127.0.0.1:1: "),
        (
            ("keys", "create", "a", "--session", "x"),
            2,
            "the id of a meeting or a stream, found 'x'",
        ),
    ],
)
def test_what_cannot_be_done_is_told(words: tuple[str, ...], status: int, told: str, folder: Path):
    refused = ran(*words, folder=folder)
    assert (refused.returncode, "Traceback" in refused.stderr) == (status, False)
    assert told in refused.stderr


def test_a_session_that_is_not_there_is_told(folder: Path, address: str):
    told = ran("watch", "mtg_" + "0" * 26, "--url", address, folder=folder)
    assert told.returncode == 1
    assert "404 not_found" in told.stderr


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (
            "frame.analysis",
            {"from_pts": 1.0, "to_pts": 1.96, "frames": 25, "vmaf": {"min": 1.0, "mean": 91.44, "max": 95.0},
             "ssim": None},
            "1.00-1.96 s  vmaf 91.4",
        ),
        ("speaker.changed", {"speaker": None, "at": 1.0}, "nobody"),
        ("analysis.gap", {"from_pts": 1.0, "to_pts": 2.5, "reason": "lost"}, "from_pts 1  to_pts 2.5  reason lost"),
        ("anything.new", {"text": "a\nb\x07"}, "text a b "),
    ],
)  # fmt: skip
def test_events_are_told_in_a_few_words(kind: str, data: dict[str, object], words: str):
    assert said(kind, data) == words
