import json
from dataclasses import replace
from itertools import pairwise
from math import inf, isnan, nan

import pytest
from hypothesis import given, strategies as st

from v100_ai.alerts import DEFAULTS, MOST_RULES, Alert, Rule, Rules
from v100_ai.errors import SettingRejected
from v100_ai.events import AlertOpened, AlertResolved

LOW = Rule(
    name="low", reading="vmaf", below=60.0, resolve=70.0, trigger_seconds=3.0, resolve_seconds=4.0
)
DARK = Rule(name="dark", reading="visual_black_ratio", above=0.9, trigger_seconds=0.0, samples=2)

values = st.sampled_from([10.0, 60.0, 60.1, 69.9, 70.0, 95.0, inf, nan, None])
ratios = st.sampled_from([0.0, 0.9, 1.0, None])
steps = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 3.5, 60.0, -0.5, -30.0])
rows = st.lists(st.tuples(steps, values, ratios), max_size=80)


def timed(rows: list[tuple[float, float | None, float | None]]):
    pts = 100.0
    for step, vmaf, black in rows:
        pts += step
        yield pts, {"vmaf": vmaf, "visual_black_ratio": black}


def follow(rules: Rules, *scores: float | None, start: float = 0.0) -> list[Alert]:
    found = []
    for second, score in enumerate(scores):
        found += rules.push(start + second, {"vmaf": score})
    return found


@given(rows)
def test_an_alert_never_opens_twice_without_being_resolved_and_ids_never_repeat(rows):
    rules = Rules([LOW, DARK])
    found = [each for pts, row in timed(rows) for each in rules.push(pts, row)]
    for name in ("low", "dark"):
        own = [each for each in found if each.rule == name]
        assert all(type(one) is not type(other) for one, other in pairwise(own))
        assert all(isinstance(each, AlertOpened) for each in own[::2])
        for opened, resolved in zip(own[::2], own[1::2], strict=False):
            assert opened.incident == resolved.incident
    names = [each.incident for each in found if isinstance(each, AlertOpened)]
    over = {each.incident for each in found if isinstance(each, AlertResolved)}
    assert len(set(names)) == len(names)
    assert sorted(rules.open) == sorted(set(names) - over)


@given(rows, st.integers(0, 80))
def test_a_restart_at_any_row_changes_nothing(rows, cut):
    whole, broken = Rules([LOW, DARK]), Rules([LOW, DARK])
    for index, (pts, row) in enumerate(timed(rows)):
        if index == cut:
            kept = json.dumps(broken.save(), allow_nan=False)
            broken = Rules.load([LOW, DARK], json.loads(kept))
        assert broken.push(pts, row) == whole.push(pts, row)
    assert broken.save() == whole.save()


@given(rows)
def test_every_alert_kept_its_interval(rows):
    rules = Rules([LOW, DARK])
    for pts, row in timed(rows):
        for alert in rules.push(pts, row):
            rule = LOW if alert.rule == "low" else DARK
            if isinstance(alert, AlertOpened):
                assert alert.at - alert.start >= rule.trigger_seconds
            else:
                assert alert.at - alert.end >= rule.resolve_seconds
            assert alert.at == pts
            json.dumps(alert.to_json(), allow_nan=False)


@given(rows)
def test_what_is_not_known_is_as_if_it_was_never_there(rows):
    with_gaps, without = Rules([LOW]), Rules([LOW])
    for pts, row in timed(rows):
        found = with_gaps.push(pts, row)
        if row["vmaf"] is None or isnan(row["vmaf"]):
            assert found == []
        else:
            assert found == without.push(pts, row)


def test_an_alert_opens_after_its_interval_and_resolves_after_the_other():
    opened, resolved = follow(Rules([LOW]), 90, 50, 40, 50, 55, 80, 80, 80, 80, 80, 80)
    assert opened == AlertOpened(
        rule="low", incident="low-1", reading="vmaf", value=55, limit=60, start=1.0, at=4.0
    )
    assert resolved == AlertResolved(
        rule="low",
        incident="low-1",
        reading="vmaf",
        value=80,
        worst=40,
        start=1.0,
        end=5.0,
        at=9.0,
    )


def test_a_value_between_the_limits_neither_opens_nor_resolves():
    rules = Rules([LOW])
    assert follow(rules, 50, 50, 65, 50, 50, 65) == []
    assert len(follow(rules, 50, 50, 50, 50, start=10)) == 1
    assert follow(rules, 75, 75, 75, 65, 75, 75, 75, start=14) == []
    assert rules.open == ("low-1",)


def test_a_gap_starts_the_interval_anew():
    rules = Rules([LOW])
    assert follow(rules, 50, 50, 50) == []
    assert follow(rules, 50, 50, 50, start=60) == []
    assert len(follow(rules, 50, start=63)) == 1
    assert follow(rules, 75, 75, 75, 75, start=64) == []
    assert follow(rules, 75, 75, 75, 75, start=90) == []
    assert len(follow(rules, 75, start=94)) == 1


def test_unknown_values_for_long_are_a_gap_too():
    rules = Rules([LOW])
    assert follow(rules, 50, None, None, None, 50) == []


def test_too_few_values_are_no_alert():
    rules = Rules([replace(LOW, samples=6)])
    assert follow(rules, *[50] * 5) == []
    assert len(follow(rules, 50, start=5)) == 1


def test_an_alert_whose_rule_is_gone_is_resolved_once():
    rules = Rules([LOW, DARK])
    assert len(follow(rules, *[50] * 4)) == 1
    rules = Rules.load([DARK], json.loads(json.dumps(rules.save())))
    rules = Rules.load([DARK], json.loads(json.dumps(rules.save())))
    (gone,) = rules.push(9.0, {})
    assert isinstance(gone, AlertResolved)
    assert (gone.incident, gone.reason, gone.end, gone.at) == ("low-1", "removed", 3.0, 9.0)
    assert rules.push(10.0, {}) == []
    again = Rules.load([LOW], rules.save())
    (opened,) = follow(again, *[50] * 4, start=20)
    assert opened.incident == "low-2"


def test_infinity_is_a_value_like_any_other():
    loud = Rule(name="equal", reading="psnr", above=60.0, trigger_seconds=0.0)
    (opened,) = Rules([loud]).push(1.0, {"psnr": inf})
    assert opened.to_json()["value"] == "inf"


def test_the_defaults_can_be_followed_together():
    Rules(DEFAULTS)
    assert {"low_vmaf", "black", "frozen"} <= {each.name for each in DEFAULTS}
    for each in DEFAULTS:
        assert each.bad(each.limit)
        assert not each.good(each.limit)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "name of 1 to 128"),
        ({"name": "x" * 10_000}, "found 10000"),
        ({"reading": "vmaff"}, "'vmaff'"),
        ({"reading": "frame"}, "'frame'"),
        ({"below": None}, "either above or below"),
        ({"above": 90.0}, "either above or below"),
        ({"below": nan}, "limit to be a finite number"),
        ({"below": True}, "limit to be a finite number"),
        ({"resolve": 50.0}, "resolve above or at below"),
        ({"below": None, "above": 60.0}, "resolve below or at above"),
        ({"resolve": inf}, "resolve to be a finite number"),
        ({"trigger_seconds": -1.0}, "trigger_seconds to be a finite number from 0"),
        ({"resolve_seconds": 1e9}, "resolve_seconds to be a finite number from 0"),
        ({"samples": 0}, "samples from 1"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(wrong, said):
    with pytest.raises(SettingRejected, match=said):
        replace(LOW, **wrong)


def test_a_set_of_rules_has_its_bounds():
    with pytest.raises(SettingRejected, match="'low' twice"):
        Rules([LOW, LOW])
    with pytest.raises(SettingRejected, match=f"at most {MOST_RULES}"):
        Rules(replace(LOW, name=f"r{index}") for index in range(MOST_RULES + 1))
