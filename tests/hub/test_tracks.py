"""A meeting has a picture a participant: each is measured by itself, and told under its name."""

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from tests import clips
from tests.api.running import until
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected
from v100_ai.hub import AtCapacity, Embedded, embedded
from v100_ai.layers.layer import LayerOff
from v100_ai.report.session import collect
from v100_ai.report.session_page import document, html
from v100_ai.session.session import Session

pytestmark = pytest.mark.anyio
Made = Callable[..., Settings]


def told(runs: Embedded, session: Session) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=10_000)]


def of(events: list[dict[str, Any]], type_: str, track: str | None = None) -> list[dict[str, Any]]:
    found = [each["data"] for each in events if each["type"] == type_]
    return found if track is None else [each for each in found if each.get("track") == track]


async def has(runs: Embedded, session: Session, type_: str, track: str, count: int = 1) -> None:
    """Wait until so many events of that type were told of a track."""
    await until(lambda: len(of(told(runs, session), type_, track)) >= count, seconds=30.0)


async def pushed(
    session: Session, participant: str, pictures: Any, rate: float = clips.RATE
) -> None:
    """Each measured before the next comes, so that none is replaced."""
    for index, picture in enumerate(pictures):
        assert session.push(np.ascontiguousarray(picture), index / rate, participant=participant)
        with anyio.fail_after(45):
            while session.taps.tracks[participant].tap.stats.analysed <= index:
                await anyio.lowlevel.checkpoint()


async def test_each_participant_s_frames_are_told_under_their_name(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", visual=True, motion_estimation=True)
        await pushed(session, "ana", clips.scenes())
        await pushed(session, "bob", clips.moving(60))
        await session.tick()
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    frames = {who: of(events, "frame.analysis", who) for who in ("ana", "bob")}
    assert sum(each["frames"] for each in frames["ana"]) == 150
    assert sum(each["frames"] for each in frames["bob"]) == 60
    assert [each["frame"] for each in frames["bob"]][-1] == 59
    assert len(of(events, "scene.cut", "ana")) == 3
    assert of(events, "scene.cut", "bob") == []
    assert {each["fault"] for each in of(events, "fault.found", "ana")} >= {"black"}
    assert all("track" in each for each in of(events, "frame.analysis"))
    report = document(collect(events))
    assert set(report["tracks"]) == {"ana", "bob"}
    assert report["tracks"]["bob"]["frames"] == 60
    assert {each["track"] for each in report["cuts"]} == {"ana"}
    assert "ana" in html(collect(events), "1")


async def test_alerts_of_two_tracks_are_two(settings: Made):
    dark: Any = {
        "name": "dark", "reading": "visual_black_ratio", "above": 0.9, "trigger_seconds": 0.2,
        "resolve_seconds": 0.2,
    }  # fmt: skip
    black = [np.full((36, 64), 16, np.uint8)] * 30
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", visual=True, alerts=[dark])
        for who in ("ana", "bob"):
            await pushed(session, who, black)
        await session.tick()
        incidents = [each["incident"] for each in session.state["alerts"]]
        assert incidents == ["dark-1@ana", "dark-1@bob"]
        await runs.hub.end(session.id, "ended")
        opened = of(told(runs, session), "alert.opened")
    assert {(each["incident"], each["track"]) for each in opened} == {
        ("dark-1@ana", "ana"), ("dark-1@bob", "bob"),
    }  # fmt: skip


async def test_a_participant_s_source_is_decoded_until_they_leave(settings: Made):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", visual=True, active_speaker=True)
        session.clock = lambda: 100.0
        await session.join("ana", "Ana")
        await runs.hub.show(session.id, "ana", "scenes.mp4")
        assert runs.hub.sources == 1
        await has(runs, session, "frame.analysis", "ana", 2)
        connected = of(told(runs, session), "source.connected")
        assert [each["track"] for each in connected] == ["ana"]
        first, *_ = of(told(runs, session), "frame.analysis", "ana")
        assert first["from_pts"] == pytest.approx(100.0)
        await session.leave("ana")
        assert runs.hub.sources == 0
        await until(lambda: not runs.hub.live[session.id].shown, seconds=10.0)
        assert not session.failed
        await runs.hub.end(session.id, "ended")


async def test_a_source_that_ends_ends_its_track_and_nothing_else(settings: Made):
    async with embedded(settings()) as runs:
        asked: Any = {"layers": {"visual": True}, "pace": "fast"}
        session = await runs._create("meeting", "M", asked)
        await session.join("ana", None)
        await runs.hub.show(session.id, "ana", "scenes.mp4")
        await has(runs, session, "fault.found", "ana")
        await until(lambda: not session.tracks.sources, seconds=10.0)
        assert not session.ended
        assert session.participants == {"ana": None}
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    frames = of(events, "frame.analysis", "ana")
    assert sum(each["frames"] for each in frames) == 150


async def test_a_crash_loses_no_frame_of_a_participant_and_tells_none_twice(settings: Made):
    async with embedded(settings()) as runs:
        asked: Any = {"layers": {"visual": True, "rate": "frame"}}
        session = await runs._create("meeting", "M", asked)
        await session.join("ana", None)
        await runs.hub.show(session.id, "ana", "scenes.mp4")
        await has(runs, session, "frame.analysis", "ana", 2)
        runs.hub.live[session.id].stop()
        runs.hub.live.clear()
    async with embedded(settings()) as runs:
        again = await runs.hub.session(session.id)
        await until(lambda: not again.tracks.sources, seconds=30.0)
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    numbers = [n for each in of(events, "frame.analysis", "ana") for n in each["columns"]["frame"]]
    assert numbers == list(range(150))


async def test_participants_share_a_process_and_its_crash_costs_neither_a_frame(settings: Made):
    async with embedded(settings()) as runs:
        asked: Any = {
            "layers": {"visual": True, "rate": "frame"},
            "restart": {"first": 0.01, "longest": 0.01},
        }
        session = await runs._create("meeting", "M", asked)
        for who in ("ana", "bob"):
            await session.join(who, None)
            await runs.hub.show(session.id, who, "scenes.mp4")
        for who in ("ana", "bob"):
            await has(runs, session, "frame.analysis", who, 2)
        pool = runs.hub.live[session.id].pool
        assert pool is not None
        (worker,) = pool.workers["file"]
        assert worker.process is not None
        assert len(worker.tracks) == 2
        os.kill(worker.process.pid, signal.SIGKILL)
        await until(lambda: not session.tracks.sources, seconds=30.0)
        await runs.hub.end(session.id, "ended")
        events = told(runs, session)
    for who in ("ana", "bob"):
        frames = of(events, "frame.analysis", who)
        assert [n for each in frames for n in each["columns"]["frame"]] == list(range(150))
        assert len(of(events, "source.lost", who)) == 1
        assert of(events, "analysis.gap", who) == []


async def test_what_cannot_be_shown_is_refused(settings: Made):
    async with embedded(settings(workers=1)) as runs:
        blind = await runs.meeting("M", active_speaker=True)
        with pytest.raises(LayerOff, match="frames"):
            await runs.hub.show(blind.id, "ana", "scenes.mp4")
        with pytest.raises(LayerOff, match="frames"):
            blind.push(np.zeros((36, 64), np.uint8), 0.0, participant="ana")
        session = await runs.meeting("M", visual=True)
        with pytest.raises(SettingRejected, match="in the server's folder"):
            await runs.hub.show(session.id, "ana", "../secret.mp4")
        await runs.hub.show(session.id, "ana", "scenes.mp4")
        await runs.hub.show(session.id, "ana", "scenes.mp4")
        with pytest.raises(AtCapacity):
            await runs.hub.show(session.id, "bob", "scenes.mp4")
