"""`v100 highlights` as one would type it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio.from_thread
import pytest

from tests.highlights.fake_claude import EMPTY, KEY, Body, fake_claude
from tests.highlights.staged import conversation
from v100_ai.cli import highlights, main
from v100_ai.highlights.model import Segment


def command(*words: object) -> int:
    return main(["highlights", *map(str, words)])


def transcript(path: Path, segments: list[Segment]) -> Path:
    lines = [
        json.dumps(
            {
                "id": s.id,
                "participant": s.participant,
                "start": s.start,
                "end": s.end,
                "text": s.text,
            }
        )
        for s in segments
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    return transcript(tmp_path / "meeting.jsonl", conversation(60))


def test_each_line_is_one_event_and_updates_repeat_the_id(spoken: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert command(spoken, "--json", out, "--no-budget") == 0
    told = events(out)
    assert {event["event"] for event in told} == {"highlight.created", "highlight.updated"}
    born = [event["id"] for event in told if event["event"] == "highlight.created"]
    assert len(born) == len(set(born))
    assert any(event["answered"] for event in told if event["type"] == "question")


def test_without_a_file_events_go_to_the_terminal(spoken: Path, capsys: pytest.CaptureFixture[str]):
    assert command(spoken) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["id"] == "h1"


def test_the_budget_shows_less(spoken: Path, tmp_path: Path):
    few, many = tmp_path / "few", tmp_path / "many"
    command(spoken, "--json", few)
    command(spoken, "--json", many, "--no-budget")
    assert 0 < len({e["id"] for e in events(few)}) < len({e["id"] for e in events(many)})


def test_a_deadline_is_dated_when_the_start_is_known(spoken: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    command(
        spoken,
        "--json",
        out,
        "--no-budget",
        "--categories",
        "action_item",
        "--start",
        "2026-03-30T10:00+02:00",
    )
    told = events(out)
    assert {event["type"] for event in told} == {"action_item"}
    assert told[0]["deadline"] == "2026-04-03"


def test_an_owner_is_named_as_on_the_roster(spoken: Path, tmp_path: Path):
    roster, out = tmp_path / "roster.json", tmp_path / "out.jsonl"
    roster.write_text(json.dumps([{"name": "Dora Fox", "participant": "D"}]), "utf-8")
    command(spoken, "--roster", roster, "--json", out, "--no-budget")
    assert "Dora Fox" in {event["assignee"] for event in events(out)}


@pytest.mark.parametrize(
    "words",
    [
        ["missing.jsonl"],
        ["{spoken}", "--roster", "missing"],
        ["{spoken}", "--start", "2026-03-30T10:00"],
        ["{spoken}", "--engine", "claude"],
        ["{spoken}", "--json", "missing/folder/out.jsonl"],
    ],
)
def test_an_input_that_cannot_be_used_is_named(
    words: list[str],
    spoken: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv(highlights.KEY, raising=False)
    assert command(*[word.format(spoken=spoken) for word in words]) == 2
    assert capsys.readouterr().err.startswith("v100: ")


def noted(body: Body) -> Body:
    shown = json.loads(body["messages"][0]["content"])["segments"][0]
    found = {
        "type": "topic", "text": shown["text"], "assignee": None, "quote": shown["text"],
        "segments": [shown["id"]], "confidence": 0.9,
    }  # fmt: skip
    return EMPTY | {"highlights": [found]}


def test_with_a_key_claude_is_asked(
    spoken: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv(highlights.KEY, KEY)
    out = tmp_path / "out.jsonl"
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(fake_claude(answer=noted)) as fake,
    ):
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        assert (
            command(spoken, "--engine", "claude", "--model", "claude-haiku-4-5", "--json", out) == 0
        )
    assert {body["model"] for _, body in fake.requests} == {"claude-haiku-4-5"}
    assert f"claude: {len(fake.requests)} replies" in capsys.readouterr().err
    assert "topic" in {event["type"] for event in events(out)}


def test_when_claude_is_out_of_reach_the_rules_take_over_and_it_is_said(
    spoken: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv(highlights.KEY, KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    out = tmp_path / "out.jsonl"
    assert command(spoken, "--engine", "claude", "--json", out) == 0
    assert "by the rules instead: " in capsys.readouterr().err
    last = {event["id"]: event["status"] for event in events(out)}
    assert set(last.values()) == {"confirmed"}


def test_offline_neither_the_sdk_nor_an_event_loop_is_imported(spoken: Path):
    script = (
        "import sys; from v100_ai.cli import main; status = main(sys.argv[1:]);"
        "sys.exit(status or any(name in sys.modules for name in ('anthropic', 'anyio', 'httpx2', 'asyncio')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "highlights", str(spoken)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
