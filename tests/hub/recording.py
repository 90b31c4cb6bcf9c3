"""Sessions held to a script: the same input always, so that their logs can be compared with those of another version."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from tests import clips
from tests.highlights.said import say
from tests.highlights.staged import LINES
from v100_ai.config import Settings
from v100_ai.director import Box
from v100_ai.hub import Embedded, embedded, upkeep
from v100_ai.layers.inputs import Level
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings

Made = Callable[..., Settings]
Told = list[dict[str, Any]]

DARK = {
    "name": "dark", "reading": "visual_black_ratio", "above": 0.9, "resolve": 0.5,
    "trigger_seconds": 0.5, "resolve_seconds": 0.5,
}  # fmt: skip

SAID = say(
    ("A", "Dana will send the offer to everybody by Friday."),
    *[("ABC"[i % 3], LINES[i % len(LINES)]) for i in range(30)],
    seconds=3.0,
)


async def recorded(settings: Made, patch: pytest.MonkeyPatch, folder: Path) -> dict[str, Told]:
    """The events of each session: type and data, in their order."""
    # Time passes where the script says so, and nowhere else.
    patch.setattr(upkeep, "TICK", 3600.0)
    (folder / "scenes.y4m").write_bytes(clips.y4m(clips.scenes()))
    return {
        "meeting": await _meeting(settings),
        "file": await _file(settings, folder, "second"),
        "frames": await _file(settings, folder, "frame"),
        "pushed": await _pushed(settings, patch),
    }


def _told(runs: Embedded, session: Session) -> Told:
    events = [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=10_000)]
    text = json.dumps([{"type": each["type"], "data": each["data"]} for each in events])
    told: Told = json.loads(text.replace(session.id, "ID"))
    return told


async def _meeting(settings: Made) -> Told:
    """Levels, sound, captions, faces and people; held by two processes, the first of which is killed."""
    asked = {
        "layers": {"highlights": True, "budget": False, "active_speaker": True},
        "people": [
            {"id": "A", "name": "Ana Silva", "address": "ana@example.org"},
            {"id": "D", "name": "Dana Wolf", "address": "dana@example.org"},
        ],
    }
    async with embedded(settings()) as runs:
        wanted = SessionSettings.model_validate(asked)
        session = await runs.hub.create(runs.hub.prepared("meeting", "default", "M", wanted))
        assert isinstance(session, Session)
        at = 0.0
        session.clock = lambda: at
        await session.join("A", None)
        await session.join("B", "Bo")
        await session.face("A", Box(x=0.4, y=0.3, width=0.2, height=0.2))
        at = await _talk(session, at, "A", "B")
        at = await _talk(session, at, "B", "A")
        await session.mute("B", muted=True)
        await session.captions(SAID[:17])
        await session.captions(SAID[10:18])
        runs.hub.live.clear()
    async with embedded(settings()) as runs:
        session = await runs.hub.session(session.id)
        session.clock = lambda: at
        await session.mute("B", muted=False)
        at = await _talk(session, at, "C", "A")
        await session.tick()
        at += 5.0
        await session.tick()
        await session.leave("B")
        await session.captions(SAID[18:])
        at += 20.0
        await session.tick()
        await runs.hub.end(session.id, "ended")
        return _told(runs, session)


async def _talk(session: Session, at: float, who: str, other: str) -> float:
    """Four seconds of one voice: half of them as levels, half as sound; the time after them."""
    for index in range(100):
        time = round(at + index / 50, 4)
        await session.levels(
            [
                Level(at=time, participant=who, level=-25.0 + 3 * (index % 5)),
                Level(at=time, participant=other, level=-75.0),
            ]
        )
    at += 2.0
    wave = 8000 * np.sin(2 * np.pi * 220 * np.arange(2 * 16_000) / 16_000)
    samples = wave.astype("<i2").tobytes()
    for begin in range(0, len(samples), 6400):
        piece = samples[begin : begin + 6400]
        await session.sound(who, piece, rate=16_000, at=at + begin / 32_000)
    return at + 2.0


async def _file(settings: Made, folder: Path, rate: Any) -> Told:
    async with embedded(settings(files=folder)) as runs:
        session = await runs.stream(
            "S", source="scenes.y4m", pace="fast", rate=rate, alerts=[DARK],
            scene_complexity=True, motion_estimation=True, visual=True, quality_metrics=True,
        )  # fmt: skip
        with anyio.fail_after(50):
            async for _ in runs.events(session.id):
                pass
        return _told(runs, session)


async def _pushed(settings: Made, patch: pytest.MonkeyPatch) -> Told:
    # However long it takes: what was counted is told at the end alone.
    patch.setattr("v100_ai.session.session.STATS_EVERY", 3600.0)
    async with embedded(settings()) as runs:
        session = await runs.stream("P", visual=True, alerts=[DARK])
        for index, picture in enumerate(clips.scenes()):
            assert session.push(np.ascontiguousarray(picture), index / clips.RATE)
            with anyio.fail_after(60):
                while session.stats.counts["pushed"]["analysed"] <= index:  # type: ignore[operator]
                    await anyio.lowlevel.checkpoint()
            await session.tick()
        await runs.hub.end(session.id, "ended")
        return _told(runs, session)
