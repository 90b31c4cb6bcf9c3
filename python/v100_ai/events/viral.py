"""Events of the viral score: what five seconds of a stream score, and why."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from v100_ai.events.event import Event
from v100_ai.events.fields import ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreReason:
    """What one input adds to its factor, and the evidence.

    Attributes:
        feature: what was found.
        value: 0 to 1; for what has a reference, the share of the reference that is lower.
        baseline: what an average moment has.
        points: of 100; the points of a factor's reasons sum to the factor's.
        text: the words it rests on.
        at: seconds, where it is.
    """

    feature: str
    value: float
    baseline: float
    points: float
    text: str | None = field(default=None, metadata=ABSENT)
    at: float | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFactor:
    """One of the six factors.

    Attributes:
        name: emotional_intensity, novelty, shareability, visual_appeal, audience_relevance or timing.
        value: 0 to 1; null where nothing of it is known.
        weight: its weight; what is not known is left out, and its weight spread over what is.
        points: of 100; those of all factors sum to `raw`.
        availability: share of its inputs that are known, 0 to 1.
        evidence: `prior`, or what its figures are fitted on.
        reasons: the greatest first.
    """

    name: str
    value: float | None
    weight: float
    points: float
    availability: float
    evidence: str
    reasons: tuple[ScoreReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViralScored(Event):
    """What five seconds score. A ranking signal from content, not a promise.

    Attributes:
        from_pts: seconds.
        to_pts: seconds.
        rank_score: 0 to 100, for ranking the moments of one stream; null where nothing is known.
        viral_score: 0 to 100 from all six factors; 50 is the median of the reference.
        raw: 0 to 100 before the calibration, the sum of all points.
        confidence: 0 to 1.
        interval80: where four of five outcomes lie, from and to.
        calibration: whether outcomes were seen: none, those of a field, or one's own.
        weights_version: which table of weights.
        factors: the six.
        missing: inputs that were not there, as `factor.part`.
    """

    type: ClassVar = "viral.score"

    from_pts: float
    to_pts: float
    rank_score: float | None
    viral_score: float | None
    raw: float | None
    confidence: float
    interval80: tuple[float, ...] | None
    calibration: Literal["prior", "fitted", "own"]
    weights_version: str
    factors: tuple[ScoreFactor, ...]
    missing: tuple[str, ...] = ()
