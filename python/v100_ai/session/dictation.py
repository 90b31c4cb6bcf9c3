"""Dictation: what participants say aloud -> utterances -> text, beside the session and never in its way."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import anyio

from v100_ai.errors import RecognizerLost
from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.segment import Segment
from v100_ai.sources.sound import Resampling
from v100_ai.speech.recognizer import RATE, Piece, Recognise, seconds
from v100_ai.speech.utterances import Utterance, Utterances

MOST_WAITING: Final = 120.0
"""Seconds of sound that wait for the recogniser; beyond that the oldest is dropped, for it is live speech."""
PATIENCE: Final = 60.0
"""Seconds that a session's end waits for what was said and is not recognised yet."""

Say = Callable[[Sequence[Segment]], Awaitable[int]]


@dataclass(slots=True)
class _Voice:
    resampling: Resampling
    utterances: Utterances = field(default_factory=Utterances)


@dataclass(slots=True)
class Dictation:
    """One session's. `run` has to run beside it. Sound is held in memory: what is no text yet ends with the process."""

    recognise: Recognise
    say: Say
    clock: Callable[[], float]
    breaker: Breaker = field(default_factory=Breaker)
    counts: dict[str, int | float | None] = field(
        default_factory=lambda: {"utterances": 0, "seconds": 0.0, "dropped": 0, "failed": 0}
    )
    """Utterances, how long they were together, those dropped because too many waited, those not recognised."""
    _voices: dict[str, _Voice] = field(default_factory=dict[str, _Voice])
    _waiting: deque[tuple[str, Utterance]] = field(default_factory=deque[tuple[str, Utterance]])
    _held: float = 0.0
    _arrived: anyio.Event = field(default_factory=anyio.Event)
    _finished: bool = False
    _ended: anyio.Event = field(default_factory=anyio.Event)

    @property
    def speaking(self) -> bool:
        """Whether somebody is in the middle of something, or was and it is no text yet."""
        return bool(self._waiting) or any(
            each.utterances.speaking for each in self._voices.values()
        )

    def push(self, participant: str, samples: bytes, *, rate: int, at: float) -> None:
        """Mono sound of 16 bit of somebody; its first sample lies at `at` seconds on the session's axis."""
        voice = self._voices.get(participant)
        if voice is None or voice.resampling.rate != rate:
            self.leave(participant)
            voice = self._voices[participant] = _Voice(Resampling(rate, RATE))
        self._wait(participant, voice.utterances.push(voice.resampling.push(samples), at))

    def leave(self, participant: str) -> None:
        """Somebody says no more."""
        voice = self._voices.pop(participant, None)
        if voice is not None:
            self._wait(participant, voice.utterances.flush())

    async def run(self) -> None:
        """Recognise one utterance after the other, until `finish`. Raises what `say` does."""
        try:
            while (asked := await self._next()) is not None:
                pieces = await self._recognised(asked[1])
                if pieces:
                    await self.say([_segment(asked[0], asked[1], one) for one in pieces])
        finally:
            self._ended.set()

    async def finish(self) -> None:
        """Nobody says anything more: wait until all of it is text."""
        for participant in list(self._voices):
            self.leave(participant)
        self._finished = True
        self._arrived.set()
        with anyio.move_on_after(PATIENCE):
            await self._ended.wait()

    async def _recognised(self, utterance: Utterance) -> Sequence[Piece]:
        if self.breaker.allows(self.clock()):
            try:
                pieces = await self.recognise(utterance.samples.astype("<i2").tobytes())
            except RecognizerLost:
                self.breaker.failed(self.clock())
            else:
                self.breaker.succeeded()
                return pieces
        self._count("failed", 1)
        return ()

    def _wait(self, participant: str, utterances: Sequence[Utterance]) -> None:
        for one in utterances:
            self._count("utterances", 1)
            self._count("seconds", round(one.end - one.start, 3))
            self._waiting.append((participant, one))
            self._held += seconds(len(one.samples))
            while self._held > MOST_WAITING:
                self._taken()
                self._count("dropped", 1)
        self._arrived.set()

    async def _next(self) -> tuple[str, Utterance] | None:
        while not self._waiting:
            if self._finished:
                return None
            self._arrived = anyio.Event()
            await self._arrived.wait()
        return self._taken()

    def _taken(self) -> tuple[str, Utterance]:
        participant, utterance = self._waiting.popleft()
        self._held -= seconds(len(utterance.samples))
        return participant, utterance

    def _count(self, what: str, more: float) -> None:
        self.counts[what] = (self.counts[what] or 0) + more


def _segment(participant: str, utterance: Utterance, piece: Piece) -> Segment:
    """One id for one moment of one voice, so that it is heard once."""
    start = max(0.0, utterance.start + piece.start)
    return Segment(
        id=f"asr-{participant}-{round(1000 * start)}",
        speaker=participant,
        start=round(start, 3),
        end=round(max(start, utterance.start + piece.end), 3),
        text=piece.text,
        words=tuple(
            replace(
                word,
                start=round(max(start, utterance.start + word.start), 3),
                end=round(max(start, utterance.start + word.end), 3),
                speaker=participant,
            )
            for word in piece.words
        ),
    )
