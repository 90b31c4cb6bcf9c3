"""What is said aloud becomes segments in its place, and a recogniser that is slow or lost holds nobody up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from tests.speech.voices import hiss, hum, talk
from v100_ai.errors import RecognizerLost
from v100_ai.highlights.model import Segment
from v100_ai.layers.inputs import Left, Segments, Sound
from v100_ai.layers.layer import Step
from v100_ai.layers.transcription.layer import MOST_WAITING, TranscriptionLayer
from v100_ai.speech.recognizer import RATE, Piece, Samples

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Ear:
    """A recogniser that hears its own count, and whoever writes down what was said."""

    lost: int = 0
    open: anyio.Event | None = None
    heard: list[float] = field(default_factory=list)
    said: list[Segment] = field(default_factory=list)

    async def recognise(self, samples: bytes) -> Sequence[Piece]:
        if self.open is not None:
            await self.open.wait()
        await anyio.lowlevel.checkpoint()
        if self.lost:
            self.lost -= 1
            raise RecognizerLost("lost")
        length = len(samples) / 2 / RATE
        self.heard.append(length)
        half = round(length / 2, 3)
        return [
            Piece(start=0.0, end=half, text=f"first half {len(self.heard)}"),
            Piece(start=half, end=length, text=f"second half {len(self.heard)}"),
        ]

    async def keep(self, work: Callable[[], Step]) -> None:
        for given in work().inputs:
            assert isinstance(given, Segments)
            self.said += given.segments


def made(ear: Ear) -> TranscriptionLayer:
    return TranscriptionLayer(ear.recognise, lambda: 0.0)


def push(one: TranscriptionLayer, who: str, samples: bytes, *, rate: int, at: float) -> None:
    one.push(Sound(who, samples, rate, at), 0.0)


async def dictated(ear: Ear, one: TranscriptionLayer, *said: tuple[str, Samples, float]) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(one.run, ear.keep)
        for who, samples, at in said:
            push(one, who, samples.tobytes(), rate=RATE, at=at)
            await anyio.lowlevel.checkpoint()
        one.settle(0.0)


async def test_two_who_talk_are_heard_each_in_their_place():
    ear = Ear()
    await dictated(
        ear,
        made(ear),
        ("ana", talk((1.0, 1.0)), 10.0),
        ("bob", talk((1.5, 1.0)), 12.0),
        ("ana", talk((1.0, 0.0)), 12.0),
    )
    assert [one.participant for one in ear.said] == ["ana", "ana", "bob", "bob", "ana", "ana"]
    starts = [one.start for one in ear.said[::2]]
    assert starts == pytest.approx([10.0, 12.0, 12.0], abs=0.35)
    assert all(one.start <= one.end for one in ear.said)
    assert len({one.id for one in ear.said}) == 6


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
async def test_sound_of_any_rate_keeps_its_place_and_length(rate: int):
    ear = Ear()
    one = made(ear)
    at = np.arange(2 * rate) / rate
    tone = (8_000 * np.sin(2 * np.pi * 200 * at)).astype("<i2")
    sound = np.concatenate([np.zeros(rate, "<i2"), tone, np.zeros(2 * rate, "<i2")]).tobytes()
    async with anyio.create_task_group() as group:
        group.start_soon(one.run, ear.keep)
        step = 2 * rate // 50 * 7
        for begins in range(0, len(sound), step):
            push(one, "ana", sound[begins : begins + step], rate=rate, at=begins / 2 / rate)
        one.settle(0.0)
    assert ear.said[0].start == pytest.approx(0.75, abs=0.12)
    assert ear.heard == [pytest.approx(2.9, abs=0.25)]


async def test_a_recogniser_that_is_lost_costs_its_utterance_only():
    ear = Ear(lost=1)
    one = made(ear)
    await dictated(ear, one, ("ana", talk((1.0, 1.0), (1.0, 1.0), (1.0, 1.0)), 0.0))
    assert len(ear.heard) == 2
    assert one.counts["failed"] == 1
    assert one.counts["utterances"] == 3


async def test_one_that_stays_lost_is_not_asked_for_a_while():
    ear = Ear(lost=100)
    one = made(ear)
    await dictated(ear, one, ("ana", talk(*[(0.6, 0.8)] * 10), 0.0))
    assert one.counts["failed"] == 10
    assert ear.lost == 97


async def test_while_the_recogniser_is_slow_the_oldest_sound_is_dropped():
    ear = Ear(open=anyio.Event())
    one = made(ear)
    async with anyio.create_task_group() as group:
        group.start_soon(one.run, ear.keep)
        for index in range(12):
            push(one, "ana", hum(15.0).tobytes(), rate=RATE, at=index * 20.0)
            push(one, "ana", hiss(2.0).tobytes(), rate=RATE, at=index * 20.0 + 15.0)
            await anyio.lowlevel.checkpoint()
        assert one._held <= MOST_WAITING
        assert one.speaking
        assert ear.open is not None
        ear.open.set()
        one.settle(0.0)
    dropped = one.counts["dropped"]
    assert dropped is not None
    assert dropped > 0
    assert len(ear.heard) + dropped == one.counts["utterances"]
    assert not one.speaking


async def test_who_leaves_has_said_what_they_said():
    ear = Ear()
    one = made(ear)
    async with anyio.create_task_group() as group:
        group.start_soon(one.run, ear.keep)
        push(one, "ana", hum(1.0).tobytes(), rate=RATE, at=0.0)
        one.push(Left("ana"), 0.0)
        one.push(Left("ana"), 0.0)
        one.settle(0.0)
    assert len(ear.said) == 2
