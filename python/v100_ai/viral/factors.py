"""The six factors: what each is made of, and what of it is known at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from v100_ai.viral.table import FACTOR_NAMES

RANKING: Final = (1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
"""Factors that can rank the moments of one stream: audience and timing hardly change within it."""

PARTS: Final[Mapping[str, Mapping[str, float]]] = {
    "emotional_intensity": {
        "energy": 0.25,
        "pitch": 0.20,
        "change": 0.10,
        "laughter_applause": 0.20,
        "affect": 0.15,
        "expression": 0.10,
    },
    "novelty": {"words": 0.5, "picture": 0.3, "sound": 0.2},
    "shareability": {
        "reaction": 0.50,
        "appeal": 0.20,
        "quotability": 0.15,
        "hook": 0.08,
        "completeness": 0.07,
    },
    "visual_appeal": {
        "exposure": 0.25,
        "sharpness": 0.20,
        "contrast": 0.15,
        "colour": 0.15,
        "face": 0.15,
        "steadiness": 0.10,
    },
    "audience_relevance": {"interests": 0.6, "language": 0.2, "format": 0.2},
    "timing": {"trend": 0.6, "hour": 0.4},
}
"""Each factor's parts and their weights, which sum to 1. Those of shareability were chosen by hand among a few sets, on windows of talks in which an
audience laughed or clapped and on views of whole talks; all others are priors."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one input says, 0 to 1, and the evidence for it."""

    value: float
    feature: str = ""
    """What is named in the reasons where it is not the part itself."""
    text: str | None = None
    at: float | None = None
    """Where it is, seconds on the axis of the stream."""


Found = dict[str, dict[str, Part]]
"""Factor -> part -> what is known; a part that is missing has no entry."""


def gathered(found: Found) -> list[list[float | None]]:
    """The values of all parts, in the order of `PARTS`, as the compiled half takes them."""
    return [
        [
            part.value if (part := found.get(factor, {}).get(name)) is not None else None
            for name in PARTS[factor]
        ]
        for factor in FACTOR_NAMES
    ]


def missing(found: Found) -> tuple[str, ...]:
    """What is not known: a whole `factor`, or `factor.part`."""
    told: list[str] = []
    for factor in FACTOR_NAMES:
        known = found.get(factor, {})
        told += (
            [f"{factor}.{name}" for name in PARTS[factor] if name not in known]
            if known
            else [factor]
        )
    return tuple(told)


EVIDENCE: Final[Mapping[str, str]] = {
    "emotional_intensity": "prior",
    "novelty": "prior",
    "shareability": "fitted: reactions and views of talks, quotations, headlines",
    "visual_appeal": "prior",
    "audience_relevance": "prior",
    "timing": "prior",
}
"""What each factor's figures are fitted on."""

_ABSENT: Final = frozenset({"laughter_applause", "interests", "trend"})
"""Parts that an average moment has nothing of; others lie in the middle of their scale."""


def baseline(part: str) -> float:
    """What an average moment has of a part."""
    return 0.0 if part in _ABSENT else 0.5
