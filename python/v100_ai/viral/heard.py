"""The sound of a moment -> parts of three factors: energy, pitch, change, laughter and applause, and what is new of it."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.viral.factors import Found, Part
from v100_ai.viral.running import Running
from v100_ai.viral.sound import RATE, READING_S, SoundMeter, SoundReading

SMOOTHING_S: Final = 4.0
"""Of energy, pitch and change: what makes a moment stand out lasts some eight seconds."""

LOUDER_DB: Final = 12.0
"""Over its usual level from which sound is as loud as can be told."""

SEMITONES: Final = 6.0
"""From the usual pitch from which a voice is as moved as can be told."""

QUIET_DB: Final = -60.0
"""Below which nothing is said, and what is heard does not count as usual."""

AFTER_S: Final = 3.0
"""Seconds after a moment in which laughter and applause belong to it."""

EVENT: Final = 0.6
"""How much laughter or applause half a second needs to be some."""

IN_A_ROW: Final = 2
"""Half seconds: a cough is shorter."""

MOST: Final = 200_000
"""Half seconds that are kept, a day of them: those that no moment asks for any more are dropped before."""


@dataclass(frozen=True, slots=True)
class _Half:
    """Half a second, as it counts."""

    end: float
    energy: float | None
    pitch: float | None
    change: float | None
    laughter: float
    applause: float
    novelty: float | None


@dataclass(slots=True)
class Ear:
    """Hears one stream's sound: mono, 16 bit, at `sound.RATE`, piece by piece."""

    begins: float = 0.0
    """Where the first sample lies, seconds on the axis of the stream."""
    meter: SoundMeter = field(default_factory=SoundMeter)
    _halves: deque[_Half] = field(default_factory=deque[_Half])
    _level: Running = field(default_factory=lambda: Running(3.0))
    _pitch: Running = field(default_factory=lambda: Running(1.0))
    _change: Running = field(default_factory=lambda: Running(0.01))
    _distance: Running = field(default_factory=lambda: Running(0.01))
    _smooth: dict[str, float] = field(default_factory=dict[str, float])
    _shape: list[float] = field(default_factory=list[float])
    _samples: int = 0

    @property
    def ends(self) -> float:
        """Where the sound ends that was pushed so far."""
        seconds: float = self._samples / RATE
        return self.begins + seconds

    def push(self, samples: NDArray[np.int16]) -> None:
        """Samples that follow those before."""
        self._samples += len(samples)
        for reading in self.meter.push(samples.data):
            self._take(reading)

    def parts(self, start: float, end: float) -> Found:
        """What the sound of a moment says; the laughter is that until `AFTER_S` after it."""
        inside = self._between(start, end + READING_S / 2)
        if not inside:
            return {}
        found: dict[str, Part] = {}
        for name in ("energy", "pitch", "change"):
            values = [value for each in inside if (value := getattr(each, name)) is not None]
            if values:
                found[name] = Part(max(values))
        reaction = self.reaction(start, end + AFTER_S)
        # That nobody laughed says nothing by itself.
        if found or reaction.value:
            found["laughter_applause"] = reaction
        told: Found = {"emotional_intensity": found} if found else {}
        news = [each.novelty for each in inside if each.novelty is not None]
        if news:
            told["novelty"] = {"sound": Part(max(news))}
        return told

    def reaction(self, start: float, end: float) -> Part:
        """The clearest laughter or applause between two times, held for a second at least; 0 where there is none."""
        halves = self._between(start, end)
        best = Part(0.0)
        for kind in ("laughter", "applause"):
            values = [getattr(each, kind) for each in halves]
            for at in range(len(values) - IN_A_ROW + 1):
                value = min(values[at : at + IN_A_ROW])
                if value >= EVENT and value > best.value:
                    best = Part(value, feature=kind, at=halves[at].end - READING_S)
        return best

    def _between(self, start: float, end: float) -> list[_Half]:
        ahead = takewhile(lambda each: each.end <= end, self._halves)
        return [each for each in ahead if each.end > start]

    def forget(self, before: float) -> None:
        """Drop what no moment asks for any more."""
        while self._halves and self._halves[0].end < before:
            self._halves.popleft()

    def _take(self, reading: SoundReading) -> None:
        at = self.begins + reading.end
        if reading.level < QUIET_DB:
            self._keep(_Half(at, 0.0, None, None, 0.0, 0.0, None))
            return
        usual = self._level.median
        energy = None if usual is None else 0.5 + (reading.level - usual) / (2 * LOUDER_DB)
        self._level.push(reading.level)
        half = _Half(
            end=at,
            energy=self._smoothed("energy", energy),
            pitch=self._smoothed("pitch", self._moved(reading.pitch)),
            change=self._smoothed("change", self._change.share(reading.change)),
            laughter=reading.laughter,
            applause=reading.applause,
            novelty=self._new(reading.shape),
        )
        self._change.push(reading.change)
        self._keep(half)

    def _keep(self, half: _Half) -> None:
        self._halves.append(half)
        if len(self._halves) > MOST:
            self._halves.popleft()

    def _moved(self, pitch: float | None) -> float | None:
        """How far a voice is from its usual pitch, 0 to 1."""
        if pitch is None:
            return None
        semitones = 12.0 * math.log2(pitch / 100.0)
        usual = self._pitch.median
        self._pitch.push(semitones)
        return None if usual is None else abs(semitones - usual) / SEMITONES

    def _smoothed(self, name: str, value: float | None) -> float | None:
        before = self._smooth.get(name)
        if value is None:
            return before
        value = min(1.0, max(0.0, value))
        share = 1.0 - math.exp(-READING_S / SMOOTHING_S)
        now = value if before is None else before + share * (value - before)
        self._smooth[name] = now
        return now

    def _new(self, shape: Iterable[float]) -> float | None:
        """How far the spectrum's shape is from that of the last half minute, among all such distances."""
        now = list(shape)
        if not self._shape:
            self._shape = now
            return None
        distance = sum(abs(a - b) for a, b in zip(now, self._shape, strict=True)) / 2
        self._shape = [b + (a - b) / 60.0 for a, b in zip(now, self._shape, strict=True)]
        share = self._distance.share(distance)
        self._distance.push(distance)
        return share
