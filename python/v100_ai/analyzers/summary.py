"""Summary: a metric over many frames."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from v100_ai import measures
from v100_ai._native import QualityReading

PERCENTS: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One metric over the frames that have it."""

    frames: int
    infinite: int
    """Frames without any difference, whose PSNR has no bound."""
    mean: float
    """PSNR is pooled as ffmpeg does, by the mean of the squared errors; infinite if every frame is equal."""
    harmonic_mean: float | None
    """n / sum(1 / (s + 1)) - 1, as libvmaf pools, an infinite score adding nothing to the sum; `None` where a
    score is -1 or less."""
    min: float
    max: float
    percentiles: dict[int, float]
    """By percent: the least score that so many percent of the frames do not exceed."""

    @property
    def decibels(self) -> float:
        """The mean of a similarity from 0 to 1 as ffmpeg's `ssim` has it in dB: -10 log10(1 - mean)."""
        return measures.decibels(1 - self.mean)


def summarised(values: Sequence[float], *, decibels: bool = False) -> Summary:
    """The figures of at least one score; those in `decibels` are pooled by what they are the logarithm of."""
    ordered = np.sort(np.asarray(values, np.float64))
    mean = _pooled(ordered) if decibels else float(ordered.mean())
    harmonic: float | None = None
    if ordered[0] > -1:
        sum_ = float((1 / (ordered + 1)).sum())
        harmonic = len(ordered) / sum_ - 1 if sum_ else float("inf")
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


def _pooled(psnr: NDArray[np.float64]) -> float:
    return measures.decibels(float(np.power(10.0, psnr / -10).mean()))


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
        return {
            name: summarised(values, decibels=name.startswith("psnr"))
            for name, values in self._values.items()
        }
