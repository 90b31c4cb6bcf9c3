"""A table of one's own: weights and calibration refitted on what became of one's posts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.errors import SettingRejected
from v100_ai.viral.table import FACTOR_NAMES, KNOTS, Table, shipped_json

FEWEST: Final = 60
"""Posts from which anything is fitted: a rank correlation of so many has a standard error of 0.13, as large as the signal."""

FREE: Final = 500
"""Posts from which weights may be anything; before, each stays within half and twice of what it was."""

FOLDS: Final = 10
BOUNDS: Final = (0.5, 2.0)
COVERED: Final = 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tuned:
    """A new table, and how it does on posts that it was not fitted on."""

    table: dict[str, Any]
    posts: int
    spearman: float
    """Of the held-out score with the outcome."""
    interval: tuple[float, float]
    """Of the same, 5 to 95 %, over posts drawn again."""
    before: float
    """What the weights before have."""
    quintiles: tuple[tuple[float, float], ...]
    """Of posts by held-out score, the expected and the observed mean percentile of their outcome."""
    kept: bool
    """Whether the weights before stand, as the fitted ones were no better on held-out posts."""


def tuned(factors: Sequence[Mapping[str, float | None]], outcomes: Sequence[float]) -> Tuned:
    """Weights by non-negative least squares, the calibration by isotonic regression.

    Args:
        factors: of each post, the factors by name, 0 to 1; None or absent where not known.
        outcomes: what became of each, in any unit: only the order counts.

    Raises:
        SettingRejected: there are fewer than 60 posts, they do not differ, or a number is none.
    """
    x, y = _matrix(factors), _percentiles(_outcomes(outcomes))
    if len(x) < FEWEST:
        raise SettingRejected(
            f"expected at least {FEWEST} posts, found {len(x)}: with fewer, weights follow chance more than the audience"
        )
    if np.ptp(y) == 0:
        raise SettingRejected("expected posts with different outcomes, found all alike")
    told = shipped_json()
    prior = np.array([float(told["weights"][name]) for name in FACTOR_NAMES])
    fold = (
        np.arange(len(x)) % FOLDS
    )  # posts come in no order that matters, or by time: each fold has all times
    held = np.zeros(len(x))
    for part in range(FOLDS):
        held[fold == part] = x[fold == part] @ _weights(x[fold != part], y[fold != part], prior)
    after, before = spearman(held, y), spearman(x @ prior, y)
    kept = after <= before
    weights = prior if kept else _weights(x, y, prior)
    score = x @ prior if kept else held
    expected = _expected(score, y, fold)
    table = {
        **told,
        "version": f"own-{sha256(x.tobytes() + y.tobytes()).hexdigest()[:8]}",
        "calibration": "own",
        "weights": _named(weights),
        "knots": _knots(x @ weights),
        "expected": [round(float(each), 4) for each in _isotonic_at_knots(x @ weights, y)],
        "residual": round(100.0 * float(np.quantile(np.abs(y - expected), COVERED)), 1),
        "posts": len(x),
    }
    Table.parse(table)
    return Tuned(
        table=table,
        posts=len(x),
        spearman=max(after, before),
        interval=_interval(score, y),
        before=before,
        quintiles=_quintiles(expected, y),
        kept=kept,
    )


def spearman(a: Floats, b: Floats) -> float:
    """Rank correlation; ties share their rank. 0 where one of both does not vary."""
    a, b = _percentiles(a), _percentiles(b)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def isotonic(x: Floats, y: Floats) -> Floats:
    """The values that never fall with `x` and are nearest to `y` (pool adjacent violators)."""
    order = np.argsort(x, kind="stable")
    blocks: list[tuple[float, int]] = []
    for value in y[order]:
        blocks.append((float(value), 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (low, few), (high, many) = blocks[-2], blocks[-1]
            blocks[-2:] = [((low * few + high * many) / (few + many), few + many)]
    fitted = np.empty(len(y))
    fitted[order] = np.repeat([value for value, _ in blocks], [count for _, count in blocks])
    return fitted


def nonnegative(x: Floats, y: Floats) -> Floats:
    """Non-negative least squares, by coordinate descent; the columns and `y` have a mean of 0."""
    gram, right = x.T @ x, x.T @ y
    found = np.zeros(x.shape[1])
    for _ in range(1000):
        before = found.copy()
        for at in range(len(found)):
            if gram[at, at] > 0:
                rest = right[at] - gram[at] @ found + gram[at, at] * found[at]
                found[at] = max(0.0, rest / gram[at, at])
        if np.abs(found - before).max() < 1e-10:  # noqa: PLR2004  # far below what weights are rounded to
            break
    return found


def within(weights: Floats, low: Floats, high: Floats) -> Floats:
    """The weights nearest to some that lie within their bounds and sum to 1."""
    least, most = -1.0, 1.0
    for _ in range(60):
        shift = (least + most) / 2
        if np.clip(weights + shift, low, high).sum() < 1.0:
            least = shift
        else:
            most = shift
    return np.clip(weights + most, low, high)


def _weights(x: Floats, y: Floats, prior: Floats) -> Floats:
    ranks = np.stack([_percentiles(column) for column in x.T], 1)
    found = nonnegative(ranks - ranks.mean(0), y - y.mean())
    if found.sum() <= 0:
        return prior
    found /= found.sum()
    if len(x) >= FREE:
        return found
    return within(found, BOUNDS[0] * prior, BOUNDS[1] * prior)


def _matrix(factors: Sequence[Mapping[str, float | None]]) -> Floats:
    """Factors in order; one that is not known is the median of those that are, so that it tells nothing."""
    rows = [
        [math.nan if (value := each.get(name)) is None else float(value) for name in FACTOR_NAMES]
        for each in factors
    ]
    x = np.array(rows, float).reshape(len(rows), len(FACTOR_NAMES))
    if np.isinf(x).any() or (x < 0).any() or (x > 1).any():
        raise SettingRejected("expected factors from 0 to 1, found another number")
    for at in range(x.shape[1]):
        known = x[np.isfinite(x[:, at]), at]
        x[np.isnan(x[:, at]), at] = np.median(known) if len(known) else 0.5
    return x


def _outcomes(outcomes: Sequence[float]) -> Floats:
    y = np.array(outcomes, float)
    if not np.isfinite(y).all():
        raise SettingRejected("expected outcomes that are numbers, found one that is none")
    return y


def _percentiles(values: Floats) -> Floats:
    """Each value's place among all, 0 to 1; equal values share theirs."""
    _, at, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - count / 2)[at] / max(1, len(values)))


def _expected(score: Floats, y: Floats, fold: NDArray[np.int64]) -> Floats:
    """What each post's percentile is expected to be, from the other folds alone."""
    expected = np.zeros(len(y))
    for part in range(FOLDS):
        learnt, asked = fold != part, fold == part
        order = np.argsort(score[learnt], kind="stable")
        fitted = isotonic(score[learnt], y[learnt])[order]
        expected[asked] = np.interp(score[asked], score[learnt][order], fitted)
    return expected


def _knots(raw: Floats) -> list[float]:
    """Sixteenths of the raw scores: half of the posts are above 50, a tenth above 90."""
    steps = np.quantile(raw, np.linspace(0, 1, KNOTS))
    for at in range(1, KNOTS):
        steps[at] = max(steps[at], steps[at - 1] + 1e-6)
    return [round(float(each), 7) for each in steps]


def _isotonic_at_knots(raw: Floats, y: Floats) -> Floats:
    order = np.argsort(raw, kind="stable")
    return np.asarray(np.interp(_knots(raw), raw[order], isotonic(raw, y)[order]))


def _named(weights: Floats) -> dict[str, float]:
    shares = weights / weights.sum()
    named = {name: round(float(each), 6) for name, each in zip(FACTOR_NAMES, shares, strict=True)}
    first = FACTOR_NAMES[0]
    named[first] = round(named[first] + 1.0 - sum(named.values()), 6)
    return named


def _interval(score: Floats, y: Floats) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    drawn = [
        spearman(score[at], y[at]) for at in (rng.integers(len(y), size=len(y)) for _ in range(300))
    ]
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(high)


def _quintiles(expected: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    parts = np.array_split(np.argsort(expected, kind="stable"), 5)
    return tuple((float(expected[each].mean()), float(y[each].mean())) for each in parts)
