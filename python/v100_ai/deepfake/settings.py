"""What the decision is made by: every limit with its reason.

Figures are of the open clips after VP8 at 360p and 600 kb/s; `benches/deepfake_fit.py` prints them again.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

Family = Literal["replay", "cadence", "steadiness", "edge", "colour", "detail", "change"]

SIGNALS: Final = (
    "replay_loop",
    "cadence_mismatch",
    "motion_jitter",
    "flicker",
    "boundary_blend",
    "chroma_flatness",
    "chroma_luma_coupling",
    "texture_distribution",
    "resolution_mismatch",
    "face_change",
)
"""The ten signals, by name."""

CERTAIN: Final[frozenset[Family]] = frozenset({"replay", "cadence"})
"""Families of which one signal is enough: no real stream came near their limits."""

WHY: Final = (
    "no face found",
    "the face is too small",
    "the face is too dark",
    "too little of its surroundings is in the picture",
    "the picture stands still or is unsettled",
    "this face was seen for too short a time",
    "the face is not found firmly",
)
"""What there may be too little of; a reading tells it by its place, counted from one."""

NOTICE: Final = "does not detect fully generated video"
"""What this cannot do; said wherever a result is shown."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a signal begins to count."""

    family: Family
    enter: float
    """Value from which on the signal is triggered; below it if `low`."""
    weight: float
    """What each further such step adds to the evidence."""
    scale: float
    """One step beyond `enter`, in the value's unit."""
    low: bool = False
    soft: float = 0.0
    """Steps before `enter` at which it begins to add to the evidence."""

    def excess(self, value: float) -> float:
        """Steps beyond the limit, negative on the usual side."""
        return (self.enter - value if self.low else value - self.enter) / self.scale


def _limits() -> dict[str, Limit]:
    return {
        # Loops reach 0.4 at most, ping-pongs 0.7, real streams come down to 1.8.
        "replay_loop": Limit("replay", 1.0, 6.0, 0.5, low=True, soft=0.3),
        # Every second frame renewed reads 1.35 and more, real streams 0.57 at most.
        "cadence_mismatch": Limit("cadence", 0.8, 3.0, 0.3, soft=0.8),
        # Half a sample of jitter reads 11.4 and more; nine in ten real streams stay below 14. Both of this family
        # rise together where somebody moves a lot: they are one family.
        "motion_jitter": Limit("steadiness", 10.0, 3.2, 5.0),
        # 0.7 % of flicker reads 0.0096 and more; nine in ten real streams stay below 0.0075.
        "flicker": Limit("steadiness", 0.008, 2.5, 0.003, soft=1.0),
        "boundary_blend": Limit("edge", 1.5, 2.0, 1.0, soft=0.2),
        "chroma_flatness": Limit("colour", 1.5, 0.3, 1.0),
        "chroma_luma_coupling": Limit("colour", 1.5, 0.25, 1.0),
        "texture_distribution": Limit("detail", 1.0, 0.4, 1.0, soft=0.7),
        "resolution_mismatch": Limit("detail", 1.0, 1.1, 1.0, soft=0.7),
        # Real streams reach 1.5, a swap that is switched on 1 to 4.5.
        "face_change": Limit("change", 1.1, 2.2, 0.4, soft=0.6),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How evidence is weighed and what is said of it."""

    limits: dict[str, Limit] = field(default_factory=_limits)
    composite: dict[str, float] = field(
        default_factory=lambda: {
            "boundary_blend": 0.5,
            "chroma_flatness": 1.5,
            "chroma_luma_coupling": 3.5,
            "texture_distribution": 4.5,
            "resolution_mismatch": 4.0,
        }
    )
    """Weights of the signals of single pictures, for what was on from the first frame. One number cannot order
    swaps, resampled faces and grain best at once: these weights, and `composite_weight`, were sought for all."""
    composite_cap: float = 3.0
    """Deviations that one statistic can add at most: a beard is no swap."""
    composite_weight: float = 1.6
    excess_cap: float = 3.0
    """Steps beyond its limit that one signal can add at most."""
    threshold: float = 2.5
    """Evidence at which the score is 0.5."""
    slope: float = 0.59
    """Evidence over which the score rises from 0.5 to 0.73."""
    one_family: float = 1.25
    """Evidence that one family that is not certain can lead to at most: a score of 0.1."""
    second: float = 1.2
    """Deviations from its own baseline at which the second of a face's edge, colour and detail has changed."""
    quick_s: float = 0.15
    """Time constant of the evidence: signals are of two seconds already, it only rounds steps off."""
    slow_s: float = 1.5
    """Time constant of the evidence behind the score: a real change stays."""
    judged: float = 0.4
    """Confidence below which there is not enough to judge, and no score."""
    face_height: tuple[float, float] = (48.0, 120.0)
    """Samples of face height at which nothing and everything can be told. Below 64 samples the face
    has fewer than 50 blocks of eight."""
    baseline_s: tuple[float, float] = (0.5, 10.0)
    """Seconds of good frames: none is judged before the first, a baseline is at its best at the second."""
    early: float = 0.5
    """Confidence at the first of these: enough for what is certain, little for what is not."""
    ring: tuple[float, float] = (0.2, 0.6)
    """Share of the face's surroundings that must be in the picture."""
    counted: tuple[float, float] = (0.1, 0.4)
    """Share of frames that are new and settled: a picture that stands still tells nothing."""
    luma: tuple[float, float] = (24.0, 45.0)
    """Mean luma of the face, in codes, at which nothing and everything can be told."""
    clear: float = 0.4
    """Score below which an alarm is over; twice the way back, so that it does not waver."""
    reasons: int = 3
    """Signals that are named: more are not read."""
