"""Transcription: what participants say aloud -> utterances -> text, beside the session and never in its way."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Final, Self

import anyio

from v100_ai.errors import RecognizerLost, SettingRejected
from v100_ai.highlights.model import Segment
from v100_ai.layers.inputs import Input, Left, Segments, Sound, Speaking
from v100_ai.layers.layer import NOTHING, Count, Keep, Layer, Opening, Step
from v100_ai.retry import Circuit
from v100_ai.sources.sound import Resampling
from v100_ai.speech.recognizer import RATE, Piece, Recognise, seconds
from v100_ai.speech.utterances import Utterance, Utterances
from v100_ai.words.placing import shifted

MOST_WAITING: Final = 120.0
"""Seconds of sound that wait for the recogniser; beyond that the oldest is dropped, for it is live speech."""


@dataclass(slots=True)
class _Voice:
    resampling: Resampling
    utterances: Utterances = field(default_factory=Utterances)


@dataclass(slots=True)
class TranscriptionLayer(Layer):
    """One session's. Sound is held in memory: what is no text yet ends with the process."""

    name: ClassVar = "transcription"
    takes: ClassVar = frozenset({Sound, Left})
    patience: ClassVar[float | None] = 60.0

    recognise: Recognise
    clock: Callable[[], float]
    circuit: Circuit = field(default_factory=lambda: Circuit(3, 30.0, 30.0))
    _counts: dict[str, int | float] = field(
        default_factory=lambda: {"utterances": 0, "seconds": 0.0, "dropped": 0, "failed": 0}
    )
    _voices: dict[str, _Voice] = field(default_factory=dict[str, _Voice])
    _waiting: deque[tuple[str, Utterance]] = field(default_factory=deque[tuple[str, Utterance]])
    _held: float = 0.0
    _arrived: anyio.Event = field(default_factory=anyio.Event)
    _settled: bool = False

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` where the service has no engine."""
        recognise: Recognise | None = opening.resource
        if recognise is None:
            raise SettingRejected(
                "expected the service's setting asr with transcription, found none"
            )
        return cls(recognise, opening.clock)

    @property
    def speaking(self) -> bool:
        """Whether somebody is in the middle of something, or was and it is no text yet."""
        return bool(self._waiting) or any(
            each.utterances.speaking for each in self._voices.values()
        )

    @property
    def counts(self) -> Mapping[str, Count]:
        """Utterances, how long they were together, those dropped because too many waited, those not recognised."""
        return dict(self._counts)

    @property
    def runs(self) -> bool:
        """Always: recognising takes its time."""
        return True

    def push(self, given: Input, now: float) -> Step:
        """Somebody's sound, or that they say no more."""
        match given:
            case Sound():
                voice = self._voices.get(given.participant)
                if voice is None or voice.resampling.rate != given.rate:
                    self._leave(given.participant)
                    voice = _Voice(Resampling(given.rate, RATE))
                    self._voices[given.participant] = voice
                heard = voice.resampling.push(given.samples)
                self._wait(given.participant, voice.utterances.push(heard, given.at))
                return Step(inputs=(Speaking(),)) if self.speaking else NOTHING
            case Left():
                self._leave(given.participant)
            case _:
                pass
        return NOTHING

    def settle(self, now: float) -> Step:
        """Nobody says anything more: `run` ends when all of it is text."""
        for participant in list(self._voices):
            self._leave(participant)
        self._settled = True
        self._arrived.set()
        return NOTHING

    async def run(self, keep: Keep) -> None:
        """Recognise one utterance after the other."""
        while (asked := await self._next()) is not None:
            pieces = await self._recognised(asked[1])
            if pieces:
                segments = [_segment(*asked, each) for each in pieces]
                await keep(partial(Step, inputs=(Segments(segments),)))

    async def _recognised(self, utterance: Utterance) -> Sequence[Piece]:
        if self.circuit.takes(self.clock()):
            try:
                pieces = await self.recognise(utterance.samples.astype("<i2").tobytes())
            except RecognizerLost:
                self.circuit.failed(self.clock())
            else:
                self.circuit.succeeded()
                return pieces
        self._counts["failed"] += 1
        return ()

    def _leave(self, participant: str) -> None:
        voice = self._voices.pop(participant, None)
        if voice is not None:
            self._wait(participant, voice.utterances.flush())

    def _wait(self, participant: str, utterances: Sequence[Utterance]) -> None:
        for one in utterances:
            self._counts["utterances"] += 1
            self._counts["seconds"] += round(one.end - one.start, 3)
            self._waiting.append((participant, one))
            self._held += seconds(len(one.samples))
            while self._held > MOST_WAITING:
                self._taken()
                self._counts["dropped"] += 1
        self._arrived.set()

    async def _next(self) -> tuple[str, Utterance] | None:
        while not self._waiting:
            if self._settled:
                return None
            self._arrived = anyio.Event()
            await self._arrived.wait()
        return self._taken()

    def _taken(self) -> tuple[str, Utterance]:
        participant, utterance = self._waiting.popleft()
        self._held -= seconds(len(utterance.samples))
        return participant, utterance


def _segment(participant: str, utterance: Utterance, piece: Piece) -> Segment:
    """One id for one moment of one voice, so that it is heard once."""
    start = max(0.0, utterance.start + piece.start)
    return Segment(
        id=f"asr-{participant}-{round(1000 * start)}",
        participant=participant,
        start=round(start, 3),
        end=round(max(start, utterance.start + piece.end), 3),
        text=piece.text,
        words=shifted(piece.words, utterance.start, participant),
    )
