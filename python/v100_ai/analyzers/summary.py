"""Summary: a metric over many frames."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import Final

import numpy as np

from v100_ai._native import QualityReading

PERCENTS: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One metric over the frames that have it."""

    frames: int
    infinite: int
    """Frames without any difference, whose PSNR has no bound: the means leave them out."""
    mean: float
    """Infinite if every frame is."""
    harmonic_mean: float | None
    """n / sum(1 / (s + 1)) - 1, as libvmaf pools; `None` where a score is -1 or less."""
    min: float
    max: float
    percentiles: dict[int, float]
    """By percent: the least score that so many percent of the frames do not exceed."""


def summarised(values: Sequence[float]) -> Summary:
    """The figures of at least one score."""
    ordered = np.sort(np.asarray(values, np.float64))
    finite = ordered[np.isfinite(ordered)]
    mean = float("inf")
    harmonic: float | None = float("inf")
    if len(finite):
        mean = float(finite.mean())
        harmonic = float(len(finite) / (1 / (finite + 1)).sum() - 1) if finite[0] > -1 else None
    ranks = {percent: -(-percent * len(ordered) // 100) - 1 for percent in PERCENTS}
    return Summary(
        frames=len(ordered),
        infinite=sum(map(isinf, values)),
        mean=mean,
        harmonic_mean=harmonic,
        min=float(ordered[0]),
        max=float(ordered[-1]),
        percentiles={percent: float(ordered[rank]) for percent, rank in ranks.items()},
    )


class Tally:
    """Keeps every score of every metric, in eight bytes each."""

    def __init__(self) -> None:
        self._values: dict[str, array[float]] = {}

    def push(self, reading: QualityReading, metrics: Sequence[str]) -> None:
        """Take a reading's scores."""
        scores = {metric: getattr(reading, metric) for metric in metrics}
        if len(reading.scores) > 1:
            scores |= reading.scores
        for name, score in scores.items():
            if score is not None:
                self._values.setdefault(name, array("d")).append(score)

    def summary(self) -> dict[str, Summary]:
        """By metric; those no frame has are left out."""
        return {name: summarised(values) for name, values in self._values.items()}
