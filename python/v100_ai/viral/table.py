"""The table of figures that a score stands on: weights, scales and knots, under one version."""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from v100_ai.errors import SettingRejected

KNOTS: Final = 17
"""Knots of the calibration: scores 0, 6.25, ... 100."""

Grade = Literal["prior", "fitted", "own"]
GRADES: Final[dict[Grade, float]] = {"prior": 0.5, "fitted": 0.8, "own": 1.0}
"""What a calibration is worth in the confidence: none was made, by the field's outcomes, by one's own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies among those of a reference: 0 the lowest, 1 the highest, linear between its quantiles."""

    quantiles: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """Share of the reference that is lower."""
        steps = self.quantiles
        at = bisect_right(steps, value)
        if at == 0:
            return 0.0
        if at == len(steps):
            return 1.0
        low, high = steps[at - 1], steps[at]
        return (at - 1 + (value - low) / (high - low)) / (len(steps) - 1)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model of text: weights of features, and the scale of what they sum to."""

    weights: tuple[tuple[str, float], ...]
    bias: float
    scale: Scale

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> "Linear":
        """The model from its JSON."""
        weights = tuple((str(name), float(weight)) for name, weight in told["weights"].items())
        return cls(weights, float(told.get("bias", 0.0)), _scale(told["quantiles"]))


@dataclass(frozen=True, slots=True)
class Table:
    """One version of everything that is fitted or assumed."""

    version: str
    calibration: Grade
    weights: tuple[float, ...]
    """Of the six factors, in the order of `factors.FACTORS`; they sum to 1."""
    knots: tuple[float, ...]
    """Raw scores, 0 to 1, at which the shown score is 0, 6.25, ... 100."""
    residual: float
    """Half the width of the interval that holds four of five outcomes, in points of the shown score."""
    quotability: Linear
    hook: Linear
    reaction: Linear
    appeal: Linear
    affect: Scale
    novelty: Scale

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> "Table":
        """The table from its JSON.

        Raises:
            SettingRejected: something is missing, or no table could be so.
        """
        try:
            table = cls(
                version=str(told["version"]),
                calibration=told["calibration"],
                weights=tuple(map(float, told["weights"].values())),
                knots=tuple(map(float, told["knots"])),
                residual=float(told["residual"]),
                quotability=Linear.parse(told["quotability"]),
                hook=Linear.parse(told["hook"]),
                reaction=Linear.parse(told["reaction"]),
                appeal=Linear.parse(told["appeal"]),
                affect=_scale(told["affect"]),
                novelty=_scale(told["novelty"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SettingRejected(f"expected a table of weights, found none: {error!r}") from error
        _check(table, tuple(told["weights"]))
        return table

    @classmethod
    def read(cls, path: Path) -> "Table":
        """The table in a file that `v100 tune viral` wrote.

        Raises:
            SettingRejected: it cannot be read, or is no table.
        """
        try:
            told = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingRejected(f"{path}: expected a table of weights: {error}") from error
        return cls.parse(told)


FACTOR_NAMES: Final = (
    "emotional_intensity",
    "novelty",
    "shareability",
    "visual_appeal",
    "audience_relevance",
    "timing",
)
"""The six factors, in the order of every tuple of six here and in the compiled half."""


def _check(table: Table, names: tuple[str, ...]) -> None:
    if names != FACTOR_NAMES:
        raise SettingRejected(
            f"expected weights of {', '.join(FACTOR_NAMES)}, found {', '.join(names)}"
        )
    if min(table.weights) < 0 or not math.isclose(sum(table.weights), 1.0, abs_tol=1e-6):
        raise SettingRejected(f"expected weights that sum to 1, found {table.weights}")
    rising = all(low <= high for low, high in pairwise(table.knots))
    if len(table.knots) != KNOTS or not rising or not all(map(math.isfinite, table.knots)):
        raise SettingRejected(f"expected {KNOTS} rising knots, found {table.knots}")
    if table.calibration not in GRADES:
        raise SettingRejected(
            f"expected a calibration of {', '.join(GRADES)}, found {table.calibration!r}"
        )


def _scale(told: object) -> Scale:
    if not isinstance(told, list) or len(told) < 2:  # noqa: PLR2004  # two ends make a scale
        raise ValueError(f"expected quantiles, found {told!r}")
    steps = tuple(map(float, told))
    if any(low >= high for low, high in pairwise(steps)):
        raise ValueError(f"expected rising quantiles, found {steps}")
    return Scale(steps)


@lru_cache(maxsize=1)
def shipped_json() -> dict[str, Any]:
    """The JSON of the table that the package ships."""
    told: dict[str, Any] = json.loads(
        files(__package__).joinpath("tables", "prior.json").read_text("utf-8")
    )
    return told


@lru_cache(maxsize=1)
def shipped() -> Table:
    """The table that the package ships."""
    return Table.parse(shipped_json())
