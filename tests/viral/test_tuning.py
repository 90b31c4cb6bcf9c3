"""Weights of one's own: what outcomes teach, and what too few of them must not."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from v100_ai.errors import SettingRejected
from v100_ai.viral import Table
from v100_ai.viral.table import FACTOR_NAMES, shipped
from v100_ai.viral.tuning import FEWEST, isotonic, nonnegative, spearman, tuned, within

arrays = st.lists(st.floats(-5, 5), min_size=2, max_size=40)


def posts(count: int, weights, noise: float = 0.1, seed: int = 3):
    rng = np.random.default_rng(seed)
    x = rng.random((count, 6))
    y = np.exp(3 * (x @ np.array(weights) + noise * rng.normal(size=count)))
    return [dict(zip(FACTOR_NAMES, row, strict=True)) for row in x.tolist()], y.tolist()


def test_few_posts_are_refused_with_the_reason():
    factors, outcomes = posts(FEWEST - 1, (1, 0, 0, 0, 0, 0))
    with pytest.raises(SettingRejected, match=r"at least 60 posts, found 59: .*chance"):
        tuned(factors, outcomes)


def test_what_carries_the_outcome_gains_weight_within_its_bounds():
    found = tuned(*posts(200, (0, 0, 0, 0.9, 0.1, 0)))
    before = dict(zip(FACTOR_NAMES, shipped().weights, strict=True))
    after = found.table["weights"]
    assert after["visual_appeal"] > before["visual_appeal"]
    assert sum(after.values()) == pytest.approx(1.0)
    assert all(
        0.5 * before[name] - 1e-6 <= after[name] <= 2 * before[name] + 1e-6 for name in before
    )
    assert found.spearman > found.before
    assert not found.kept


def test_many_posts_set_the_weights_free():
    found = tuned(*posts(600, (0, 0, 0, 1, 0, 0)))
    assert found.table["weights"]["visual_appeal"] > 0.8


def test_outcomes_of_chance_change_no_weight():
    factors, _ = posts(80, (1, 0, 0, 0, 0, 0))
    found = tuned(factors, np.random.default_rng(5).random(80).tolist())
    weights = tuple(found.table["weights"].values())
    assert found.kept == (weights == pytest.approx(shipped().weights))
    assert abs(found.spearman) < 0.35


def test_the_table_can_be_used_and_shows_half_of_the_posts_above_fifty():
    factors, outcomes = posts(200, (0.3, 0, 0.5, 0, 0.2, 0))
    found = tuned(factors, outcomes)
    table = Table.parse(found.table)
    raw = [
        sum(w * row[name] for w, name in zip(table.weights, FACTOR_NAMES, strict=True))
        for row in factors
    ]
    assert np.mean(np.array(raw) > table.knots[8]) == pytest.approx(0.5, abs=0.02)
    assert table.calibration == "own"
    assert tuned(factors, outcomes).table == found.table


def test_what_is_no_number_is_refused():
    factors, outcomes = posts(80, (1, 0, 0, 0, 0, 0))
    with pytest.raises(SettingRejected, match="outcomes that are numbers"):
        tuned(factors, [*outcomes[:-1], float("nan")])
    with pytest.raises(SettingRejected, match="from 0 to 1"):
        tuned([{**factors[0], "timing": 7.0}, *factors[1:]], outcomes)


@given(arrays)
def test_isotonic_never_falls_and_keeps_the_mean(values):
    y = np.array(values)
    fitted = isotonic(np.arange(len(y), dtype=float), y)
    assert (np.diff(fitted) >= -1e-9).all()
    assert fitted.mean() == pytest.approx(y.mean(), abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_non_negative_least_squares_is_where_no_step_helps(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    found = nonnegative(x, y)
    gradient = x.T @ (x @ found - y)
    assert (found >= 0).all()
    assert (gradient >= -1e-5).all()  # Karush, Kuhn and Tucker
    assert np.abs(gradient * found).max() < 1e-5


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_bounded_weights_sum_to_one(values):
    prior = np.array(shipped().weights)
    found = within(np.array(values), 0.5 * prior, 2 * prior)
    assert found.sum() == pytest.approx(1.0, abs=1e-6)


def test_spearman_is_of_ranks_with_ties_shared():
    assert spearman(np.array([1.0, 2, 3, 10]), np.array([1.0, 2, 3, 4])) == pytest.approx(1.0)
    assert spearman(np.ones(4), np.arange(4.0)) == 0.0
