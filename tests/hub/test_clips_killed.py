"""Clips outlive kill -9 of the service, whatever it was at: every one is told ready once, and its file is whole."""

import random
import time
from functools import partial
from pathlib import Path
from typing import Any

import av
import pytest

from tests.clipping import marked
from tests.serving import Server
from v100_ai.layers.clips.resource import used

ROUNDS = 50
FLAGS = {"clips": {"auto": False, "aspects": ["source"], "seconds": [1, 5]}}


def until_ready(server: Server, stream: str, count: int) -> None:
    """Waits for as long as one after the other becomes ready."""
    ready, ended = -1, time.monotonic() + 180
    while time.monotonic() < ended:
        shown = server.ask("GET", f"/v1/streams/{stream}/clips")["items"]
        assert not [each for each in shown if each["status"] == "failed"]
        found = sum(each["status"] == "ready" for each in shown)
        if found == count:
            return
        if found > ready:
            ready, ended = found, time.monotonic() + 180
        time.sleep(0.5)
    raise AssertionError(
        f"expected {count} clips to be ready, found {ready} and none for 3 minutes"
    )


def events(server: Server, stream: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        page = server.ask("GET", f"/v1/streams/{stream}/events?after={after}&limit=500")["events"]
        if not page:
            return found
        found += page
        after = page[-1]["seq"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_9_while_clips_are_asked_for_and_rendered_loses_and_repeats_none(tmp_path: Path):
    files, made = tmp_path / "files", tmp_path / "clips"
    files.mkdir()
    marked.flashes(files / "talk.mp4", seconds=900.0, size=(64, 64), every=30.0)
    rng = random.Random(7)  # noqa: S311  # when to kill
    start = partial(
        Server, database=f"sqlite:///{tmp_path}/v100.db", files=files, clips=made, lease_seconds=1
    )
    asked: list[str] = []
    with start() as server:
        begun = server.ask("POST", "/v1/streams", {"name": "S", "source": "talk.mp4", "analysis": FLAGS})  # fmt: skip
        stream = str(begun["id"])
    for number in range(ROUNDS):
        with start() as server:
            at = 1.0 + number % 20
            wanted = {"from_pts": at, "to_pts": at + 1.5}
            asked.append(server.ask("POST", f"/v1/streams/{stream}/clips", wanted)["id"])
            time.sleep(rng.uniform(0.0, 2.5))
    with start() as server:
        until_ready(server, stream, ROUNDS)
        told = [
            one["data"]["clip"] for one in events(server, stream) if one["type"] == "clip.ready"
        ]
    assert len(set(asked)) == ROUNDS
    assert sorted(told) == sorted(asked)
    for number in range(1, ROUNDS + 1):
        with av.open(str(made / stream / f"clip-{number}.mp4"), "r") as clip:
            assert sum(1 for _ in clip.decode(video=0)) in {37, 38}
    assert not list((made / stream).glob(".*"))
    assert used(made) > 0
