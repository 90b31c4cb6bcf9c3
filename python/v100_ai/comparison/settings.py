"""What is asked of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from v100_ai.analyzers import MODELS, QualityMeter

Align = Literal["pts", "frame"]
"""Pair frames by time and content, or the n-th with the n-th."""

FURTHEST_S: Final = 60.0
"""The largest offset that may be asked for: the frames of so long wait in memory."""

ScaleTo = Literal["reference", "model"] | None
"""Bring the distorted frames to the reference's size and pixel format, or both to the model's screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How two inputs are compared."""

    metrics: Sequence[str] = ("psnr", "ssim", "vmaf")
    model: str | Sequence[str] = MODELS[0]
    phone: bool = False
    threads: int = 1
    align: Align = "pts"
    scale_to: ScaleTo = None
    max_offset: float = 0.5
    """Seconds between a frame and its reference at most; the frames of so long wait in memory."""
    lag: float = 0.0
    """Seconds that the reference shows the same thing later, as far as that is known before."""

    def __post_init__(self) -> None:
        if self.align not in {"pts", "frame"}:
            raise ValueError(f"expected align to be pts or frame, found {self.align}")
        if self.scale_to not in {None, "reference", "model"}:
            raise ValueError(f"expected scale_to to be reference or model, found {self.scale_to}")
        if not 0 < self.max_offset <= FURTHEST_S:
            raise ValueError(
                f"expected max_offset from 0 to {FURTHEST_S:g} s, found {self.max_offset}"
            )
        self.meter()

    def meter(self) -> QualityMeter:
        """A meter of its own for each run. Raises `UnknownMetric`."""
        return QualityMeter(self.metrics, model=self.model, phone=self.phone, threads=self.threads)
