"""Sound that comes in for a participant becomes transcript and highlights, through the whole service."""

import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.speech.voices import talk
from v100_ai.config import Settings
from v100_ai.errors import ExtraMissing, RecognizerLost, SettingRejected
from v100_ai.hub import Embedded, embedded
from v100_ai.layers.layer import LayerOff
from v100_ai.session.session import Session
from v100_ai.speech.recognizer import RATE, Piece

pytestmark = pytest.mark.anyio
Made = Callable[..., Settings]

SAID = (
    "i'll send the offer to everybody by friday",
    "do we know what the printer is going to cost",
)


@asynccontextmanager
async def dictating(settings: Settings) -> AsyncGenerator[Embedded]:
    """The service with a recogniser that hears the same two sentences in turn."""
    heard = 0

    async def recognise(samples: bytes) -> Sequence[Piece]:
        nonlocal heard
        heard += 1
        if heard == 3:
            raise RecognizerLost("lost")
        return [Piece(start=0.0, end=len(samples) / 2 / RATE, text=SAID[(heard - 1) % 2])]

    async with embedded(settings) as runs:
        runs.hub.resources["transcription"] = recognise
        yield runs


def told(runs: Embedded, session: Session, kind: str) -> list[dict[str, Any]]:
    events = [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=10_000)]
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    return [each["data"] for each in events if each["type"] == kind]


async def speak(session: Session, who: str, *parts: tuple[float, float], at: float) -> None:
    """As it comes from a microphone: 100 ms at a time."""
    sound, size = talk(*parts), RATE // 10
    for begins in range(0, len(sound), size):
        piece = sound[begins : begins + size].tobytes()
        await session.sound(who, piece, rate=RATE, at=at + begins / RATE)


@pytest.mark.parametrize("speaker", [False, True], ids=["words only", "with the active speaker"])
async def test_sound_becomes_segments_and_highlights(settings: Made, speaker: bool):  # noqa: FBT001
    async with dictating(settings()) as runs:
        layers: Any = {"highlights": True, "budget": False, "active_speaker": speaker}
        session = await runs.meeting("M", transcription=True, **layers)
        await speak(session, "ana", (2.0, 1.0), at=1.0)
        await speak(session, "bob", (3.0, 1.0), at=5.0)
        await speak(session, "ana", (1.0, 0.0), at=10.0)
        await runs.hub.end(session.id, "ended")
        segments = told(runs, session, "transcript.segment")
        highlights = told(runs, session, "highlight.created")
        joined = told(runs, session, "participant.joined")
        counts = told(runs, session, "session.stats")[-1]["counts"]
    assert [(one["participant"], one["text"]) for one in segments] == [
        ("ana", SAID[0]),
        ("bob", SAID[1]),
    ]
    assert [one["start"] for one in segments] == pytest.approx([1.0, 5.0], abs=0.35)
    assert {one["type"] for one in highlights} == {"action_item", "question"}
    assert {one["segments"][0] for one in highlights} == {one["id"] for one in segments}
    assert {one["participant"] for one in joined} == {"ana", "bob"}
    assert counts["transcription"] == {
        "utterances": 3, "dropped": 0, "failed": 1, "seconds": pytest.approx(6.8, abs=1.0),
    }  # fmt: skip
    assert ("active_speaker" in counts) == speaker


async def test_who_is_muted_is_not_transcribed(settings: Made):
    async with dictating(settings()) as runs:
        session = await runs.meeting("M", transcription=True, active_speaker=True)
        await session.join("ana", None)
        await session.mute("ana", muted=True)
        await speak(session, "ana", (2.0, 1.0), at=1.0)
        await runs.hub.end(session.id, "ended")
        assert told(runs, session, "transcript.segment") == []


async def test_a_session_taken_up_goes_on_to_listen(settings: Made):
    async with dictating(settings()) as runs:
        session = await runs.meeting("M", transcription=True)
        await speak(session, "ana", (2.0, 1.0), at=1.0)
        await session.settle()
        runs.hub.live.clear()
    async with dictating(settings()) as runs:
        again = await runs.hub.session(session.id)
        await speak(again, "ana", (2.0, 1.0), at=20.0)
        await runs.hub.end(session.id, "ended")
        segments = told(runs, session, "transcript.segment")
    assert [one["start"] for one in segments] == pytest.approx([1.0, 20.0], abs=0.35)


async def test_without_an_engine_there_is_no_transcription(settings: Made):
    async with embedded(settings()) as runs:
        with pytest.raises(SettingRejected, match="setting asr"):
            await runs.meeting("M", transcription=True)
        session = await runs.meeting("M", highlights=True)
        with pytest.raises(LayerOff):
            await session.sound("ana", b"\0\0", rate=RATE)


async def test_a_session_that_needs_an_engine_stays_until_there_is_one(settings: Made):
    async with dictating(settings()) as runs:
        session = await runs.meeting("M", transcription=True)
        runs.hub.live.clear()
    async with embedded(settings()) as runs:
        with pytest.raises(SettingRejected, match="setting asr"):
            await runs.hub.session(session.id)
    async with dictating(settings()) as runs:
        again = await runs.hub.session(session.id)
        assert again.record == replace(
            session.record,
            epoch=again.record.epoch,
            seq=again.record.seq,
            owner=again.record.owner,
            lease=again.record.lease,
        )


@pytest.mark.parametrize(
    ("asr", "error", "found"),
    [
        ({"engine": "sherpa-onnx"}, SettingRejected, "folder of a model"),
        ({"engine": "siri"}, SettingRejected, r"asr\.engine"),
        ({"engine": "pocketsphinx", "model": "/"}, SettingRejected, "expected no model"),
        ({"engine": "pocketsphinx"}, ExtraMissing, "asr-demo"),
    ],
)
async def test_an_engine_that_cannot_be_used_is_told_at_the_start(
    settings: Made,
    monkeypatch: pytest.MonkeyPatch,
    asr: dict[str, str],
    error: type[Exception],
    found: str,
):
    monkeypatch.setattr("v100_ai.speech.engines.find_spec", lambda _: None)
    with pytest.raises(error, match=found):
        async with embedded(settings(asr=asr)):
            pass
