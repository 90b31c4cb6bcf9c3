"""The decision: families, states, confidence and its cap."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.deepfake import CERTAIN, SIGNALS, WHY, Judge, Judgement, Settings

LIMITS = Settings().limits


@dataclass(frozen=True)
class Signal:
    value: float | None
    usual: float | None = 0.0
    z: float | None = 0.0


@dataclass(frozen=True)
class Limits:
    face_height: float = 160.0
    baseline_s: float = 10.0
    window_s: float = 2.0
    ring: float = 1.0
    counted: float = 1.0
    luma: float = 120.0
    found: float = 1.0


@dataclass(frozen=True)
class Box:
    left: float = 10.0
    top: float = 20.0
    size: float = 160.0


@dataclass(frozen=True)
class Measured:
    signals: dict[str, Signal]
    limits: Limits = field(default_factory=Limits)
    face: Box | None = field(default_factory=Box)
    second: float | None = None


CALM = {
    "replay_loop": 12.0,
    "cadence_mismatch": -0.2,
    "motion_jitter": 3.0,
    "flicker": 0.002,
    "boundary_blend": 0.0,
    "chroma_flatness": 0.0,
    "chroma_luma_coupling": 0.0,
    "texture_distribution": 0.0,
    "resolution_mismatch": 0.0,
    "face_change": 0.5,
}


def measured(**values: float | None) -> Measured:
    return Measured({name: Signal(value, z=0.0) for name, value in (CALM | values).items()})


def beyond(name: str, steps: float = 2.0) -> float:
    limit = LIMITS[name]
    return limit.enter + (-steps if limit.low else steps) * limit.scale


def last(given: Measured, seconds: float = 10.0) -> Judgement:
    judge = Judge()
    found = judge.push(0.0, given)
    for frame in range(1, int(seconds * 25)):
        found = judge.push(frame / 25, given)
    return found


def test_a_calm_face_has_nothing_unusual_and_a_score_near_nothing():
    found = last(measured())
    assert found.state == "nothing unusual"
    assert found.score is not None
    assert found.score < 0.05
    assert (found.since, found.reasons) == (None, ())


def test_every_signal_has_a_limit_and_calm_is_on_its_usual_side():
    assert set(LIMITS) == set(SIGNALS) == set(CALM)
    assert all(LIMITS[name].excess(value) < 0 for name, value in CALM.items())


@pytest.mark.parametrize("name", SIGNALS)
def test_one_family_alone_raises_no_alarm_unless_it_is_certain(name):
    found = last(measured(**{name: beyond(name, 3.0)}))
    assert found.signals[name].triggered
    assert found.score is not None
    assert (found.score >= 0.5) == (LIMITS[name].family in CERTAIN)


def test_two_families_are_an_altered_face_with_its_time_and_its_reasons():
    judge = Judge()
    altered = measured(
        motion_jitter=beyond("motion_jitter"),
        face_change=beyond("face_change"),
        flicker=beyond("flicker"),
        resolution_mismatch=beyond("resolution_mismatch"),
    )
    for frame in range(100):
        judge.push(frame / 25, measured())
    found = [judge.push(4.0 + frame / 25, altered) for frame in range(200)]
    assert found[-1].state == "face region altered"
    assert found[-1].since is not None
    assert 4.0 <= found[-1].since < 8.0
    assert len(found[-1].reasons) == 3
    assert set(found[-1].reasons) <= set(altered.signals)
    assert found[-1].to_json()["note"] == "filter or swap"


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"face_height": 40.0}, WHY[1]),
        ({"luma": 20.0}, WHY[2]),
        ({"ring": 0.1}, WHY[3]),
        ({"counted": 0.05}, WHY[4]),
        ({"window_s": 0.2}, WHY[5]),
    ],
)
def test_too_little_of_anything_is_said_and_has_no_score(limits, why):
    given = measured(face_change=beyond("face_change"), flicker=beyond("flicker"))
    found = last(replace(given, limits=Limits(**limits)))
    assert (found.state, found.score, found.why) == ("not enough to judge", None, why)


def test_without_a_face_there_is_nothing_to_judge():
    found = last(replace(measured(), face=None, signals={}))
    assert (found.score, found.evidence, found.why) == (None, None, WHY[0])
    assert found.to_json()["face"] is None


def test_a_replay_is_certain_even_where_no_face_is_found():
    found = last(Measured({"replay_loop": Signal(0.2)}, face=None))
    assert found.state == "face region altered"


def test_a_flag_does_not_waver_around_the_threshold():
    judge, states = Judge(), []
    over = measured(face_change=beyond("face_change"), flicker=beyond("flicker"))
    for frame in range(1500):
        found = judge.push(frame / 25, over if frame % 8 < 7 else measured())
        states.append(found.state)
    changes = sum(a != b for a, b in pairwise(states))
    assert changes == 1


values = st.none() | st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(st.floats(-10, 1e4), st.dictionaries(st.sampled_from(SIGNALS), values))))
def test_no_values_and_no_order_of_times_break_it(frames):
    judge = Judge()
    for pts, signals in frames:
        given = Measured({name: Signal(value, z=value) for name, value in signals.items()})
        found = judge.push(pts, given)
        assert found.score is None or 0.0 <= found.score <= 1.0
        assert 0.0 <= found.confidence <= 1.0


def test_a_change_of_two_of_edge_colour_and_detail_is_of_two_families_and_one_of_them_is_not():
    changed = measured(face_change=beyond("face_change", 8.0))
    alone = last(changed)
    assert alone.score is not None
    assert alone.score < 0.5
    second = Settings().second
    both = last(replace(changed, second=second))
    assert both.state == "face region altered"
    assert last(replace(changed, second=second - 0.01)).state == "nothing unusual"
    calm = last(replace(measured(), second=second))
    assert calm.state == "nothing unusual"
