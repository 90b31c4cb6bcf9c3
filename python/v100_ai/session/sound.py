"""Sound of each participant -> audio levels, one for each 20 ms, whatever pieces it comes in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from v100_ai.director import audio_level
from v100_ai.errors import AudioRejected
from v100_ai.layers.inputs import Level

BLOCK = 0.02
"""Seconds of sound behind one level."""
RATES = (8_000, 16_000, 24_000, 32_000, 44_100, 48_000)
SAMPLE_BYTES = 2
JUMP = 0.5
"""Seconds between where sound was expected and where it says it is, from which it is a new start."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Whole blocks of sound: where the first one begins on the session's axis, and each one's level."""

    at: float
    samples: bytes
    levels: list[Level]


@dataclass(slots=True)
class _Track:
    rate: int
    begins: float
    """Where the first sample of `rest` lies on the session's axis."""
    rest: bytes = b""


@dataclass(slots=True)
class SoundBlocks:
    """Cuts what comes into blocks; what does not fill one waits for more."""

    _tracks: dict[str, _Track] = field(default_factory=dict[str, _Track])

    def push(
        self, participant: str, samples: bytes, *, rate: int, at: float | None, clock: float
    ) -> Blocks:
        """The blocks that this completes.

        `samples` is mono, 16 bit, little endian; `at` is where its first sample lies in seconds on the session's
        axis. Without it, sound follows on, or begins so that it ends at `clock`.

        Raises `AudioRejected`.
        """
        if rate not in RATES:
            raise AudioRejected(f"expected a rate of {', '.join(map(str, RATES))}, found {rate}")
        if len(samples) % SAMPLE_BYTES:
            raise AudioRejected(f"expected samples of 2 bytes, found {len(samples)} bytes")
        track = self._track(participant, len(samples) // SAMPLE_BYTES, rate, at, clock)
        whole = track.rest + samples
        block = round(rate * BLOCK)
        count = len(whole) // (block * SAMPLE_BYTES)
        used = count * block * SAMPLE_BYTES
        levels: Iterable[float] = ()
        if count:
            levels = audio_level(np.frombuffer(whole[:used], "<i2"), rate).tolist()
        begins, track.rest = track.begins, whole[used:]
        track.begins += count * block / rate
        told = [
            Level(at=begins + (index + 1) * block / rate, participant=participant, level=level)
            for index, level in enumerate(levels)
        ]
        return Blocks(begins, whole[:used], told)

    def leave(self, participant: str) -> None:
        """Forget what waits."""
        self._tracks.pop(participant, None)

    def _track(
        self, participant: str, count: int, rate: int, at: float | None, clock: float
    ) -> _Track:
        track = self._tracks.get(participant)
        if track is not None and track.rate == rate:
            held = len(track.rest) / SAMPLE_BYTES / rate
            ends = track.begins + held + count / rate
            apart = abs(at - track.begins - held) if at is not None else clock - ends
            if apart <= JUMP:
                return track
        begins = at if at is not None else max(0.0, clock - count / rate)
        track = self._tracks[participant] = _Track(rate, begins)
        return track
