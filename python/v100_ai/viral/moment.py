"""A moment as it is told: its scores, its six factors, and reasons that add up to their points."""

from dataclasses import dataclass
from typing import Any, Final

from v100_ai.viral.table import Grade

NOTE: Final = (
    "A ranking signal from content, not a promise. Account, audience and platform are not modelled."
)

_TEXT: Final = 160
"""Characters of evidence that are shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one part adds to its factor, and the evidence."""

    feature: str
    value: float
    """0 to 1: for what has a reference, the share of the reference that is lower."""
    baseline: float
    """What an average moment has."""
    points: float
    """Of 100: the points of a factor's reasons sum to the factor's, those of all factors to `raw`."""
    text: str | None = None
    at: float | None = None
    """Seconds on the axis of the stream."""

    @property
    def quoted(self) -> str | None:
        """The evidence as it is shown: its beginning."""
        if self.text is None or len(self.text) <= _TEXT:
            return self.text
        return self.text[: _TEXT - 1] + "\u2026"

    def to_json(self) -> dict[str, Any]:
        """The reason as it is told."""
        told: dict[str, Any] = {
            "feature": self.feature,
            "value": round(self.value, 3),
            "baseline": self.baseline,
            "points": round(self.points, 3),
        }
        if self.text is not None:
            told["text"] = self.quoted
        if self.at is not None:
            told["at"] = round(self.at, 3)
        return told


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the six at one moment."""

    name: str
    value: float | None
    """0 to 1; `None` where nothing of it is known."""
    weight: float
    """In the table; weights of what is not known are spread over what is."""
    points: float
    availability: float
    """Share of its inputs that are known, 0 to 1."""
    evidence: str
    """`prior`, or what its parts are fitted on."""
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """The factor as it is told."""
        return {
            "name": self.name,
            "value": None if self.value is None else round(self.value, 4),
            "weight": self.weight,
            "points": round(self.points, 3),
            "availability": round(self.availability, 3),
            "evidence": self.evidence,
            "reasons": [each.to_json() for each in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """Five seconds of a stream, `start` to `end` on its axis, and what they score."""

    start: float
    end: float
    rank_score: float | None
    """0 to 100, from emotion, novelty, shareability and looks: ranks the moments of one stream. `None`: nothing is known."""
    viral_score: float | None
    """0 to 100, from all six, calibrated: 50 is the median of the reference."""
    raw: float | None
    """0 to 100 before the calibration: the sum of all points."""
    confidence: float
    """0 to 1: what is known, how much was said, and what the calibration is worth."""
    interval80: tuple[float, float] | None
    """Where four of five outcomes lie, on the scale of `viral_score`."""
    calibration: Grade
    weights_version: str
    factors: tuple[Factor, ...]
    missing: tuple[str, ...]
    """Inputs that were not there: a factor, or `factor.part`; `english` where what was said is not."""

    def factor(self, name: str) -> Factor:
        """The factor of that name."""
        return next(each for each in self.factors if each.name == name)

    def to_json(self) -> dict[str, Any]:
        """The moment as `viral.score` and `v100 score` tell it."""
        return {
            "from": round(self.start, 3),
            "to": round(self.end, 3),
            "rank_score": _rounded(self.rank_score),
            "viral_score": _rounded(self.viral_score),
            "raw": _rounded(self.raw),
            "confidence": round(self.confidence, 3),
            "interval80": None
            if self.interval80 is None
            else [round(each, 1) for each in self.interval80],
            "calibration": self.calibration,
            "weights_version": self.weights_version,
            "factors": {
                each.name: None if each.value is None else round(each.value, 4)
                for each in self.factors
            },
            "explained": [each.to_json() for each in self.factors],
            "missing": list(self.missing),
            "note": NOTE,
        }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)
