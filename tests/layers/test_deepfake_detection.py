"""Deepfake detection of a session: who is told of what, and when."""

import pytest
from hypothesis import given, strategies as st

from v100_ai.deepfake import SIGNALS
from v100_ai.errors import SettingRejected
from v100_ai.events import Event
from v100_ai.layers.deepfake_detection.layer import DeepfakeDetectionLayer
from v100_ai.layers.deepfake_detection.settings import Calibration, DeepfakeDetectionSettings
from v100_ai.layers.inputs import Columns, Frames, Missed, Past, Verdict

RATE = 25


def layer(**asked: object) -> DeepfakeDetectionLayer:
    return DeepfakeDetectionLayer(DeepfakeDetectionSettings(**asked))  # type: ignore[arg-type]


def columns(score: float | None, start: float, seconds: float, *, limit: int = 0) -> Columns:
    count = round(seconds * RATE)
    return {
        "pts": [start + at / RATE for at in range(count)],
        "deepfake_score": [score] * count,
        "deepfake_confidence": [0.8 if score is not None else 0.1] * count,
        "deepfake_limit": [limit or None] * count,
        "deepfake_face_change": [2.5 if score and score >= 0.5 else 0.4] * count,
        "deepfake_flicker": [0.02 if score and score >= 0.5 else 0.002] * count,
    }


def told(one: DeepfakeDetectionLayer, *stretches: Columns, track: str | None = None) -> list[Event]:
    return [e for each in stretches for e in one.push(Frames(each, track=track), 0.0).events]


def types(events: list[Event]) -> list[str]:
    return [each.type for each in events]


def test_a_flag_comes_after_its_time_and_ends_after_it():
    one = layer()
    events = told(
        one, columns(0.02, 0, 10), columns(0.9, 10, 8), columns(0.1, 18, 8), columns(0.02, 26, 4)
    )
    assert types(events) == ["deepfake.flagged", "deepfake.cleared"]
    flagged, cleared = (each.to_json() for each in events)
    assert (flagged["since"], flagged["at"]) == (10.0, 16.0)
    assert flagged["calibration"] == "uncalibrated"
    assert "fully generated" in flagged["note"]
    assert [each["name"] for each in flagged["signals"]] == ["flicker", "face_change"]
    assert flagged["signals"][0]["usual"] == 0.002
    assert cleared["incident"] == flagged["incident"]
    assert cleared["at"] == 24.0


def test_a_score_that_is_high_for_a_moment_is_told_to_nobody():
    one = layer()
    high = [columns(0.9 if at % 2 else 0.02, at * 4.0, 4) for at in range(8)]
    assert told(one, *high) == []


def test_the_host_alone_is_told_unless_the_policy_says_otherwise():
    assert {each.audience for each in told(layer(), columns(0.9, 0, 8))} == {"host"}
    assert types(told(layer(warn="everyone"), columns(0.9, 0, 8))) == [
        "deepfake.flagged",
        "deepfake.announced",
    ]
    assert told(layer(warn="nobody"), columns(0.9, 0, 8)) == []
    stricter = layer(everyone_from=0.95)
    assert types(told(stricter, columns(0.9, 0, 8))) == ["deepfake.flagged"]
    assert types(told(stricter, columns(0.97, 8, 1))) == ["deepfake.announced"]
    assert types(told(stricter, columns(0.97, 9, 1))) == []


def test_a_host_confirms_and_everybody_is_told_once():
    one = layer()
    told(one, columns(0.9, 0, 8), track="ann")
    for expected in (["deepfake.announced"], []):
        step = one.push(Verdict("confirmed", by="host", track="ann"), 9.0)
        assert types(list(step.events)) == expected


def test_a_dismissed_flag_does_not_come_again_before_the_score_was_down():
    one = layer()
    told(one, columns(0.9, 0, 8), track="ann")
    step = one.push(Verdict("dismissed", by="host", track="ann", reason="beauty filter"), 9.0)
    said = step.events[0].to_json()
    assert (said["by"], said["reason"], said["participant"]) == ("host", "beauty filter", "ann")
    assert told(one, columns(0.9, 8, 30), track="ann") == []
    again = told(one, columns(0.02, 38, 2), columns(0.9, 40, 8), track="ann")
    assert types(again) == ["deepfake.flagged"]


def test_what_cannot_be_judged_is_told_once_with_its_reason():
    one = layer()
    events = told(one, columns(None, 0, 30, limit=1), columns(0.02, 30, 5))
    assert types(events) == ["deepfake.insufficient"]
    assert events[0].to_json()["because"] == "no face found"


def test_only_the_signals_that_were_asked_for_can_flag():
    assert told(layer(signals=("motion_jitter",)), columns(0.9, 0, 10)) == []
    assert types(told(layer(signals=("flicker",)), columns(0.9, 0, 10))) == ["deepfake.flagged"]
    with pytest.raises(SettingRejected, match="expected signals of"):
        DeepfakeDetectionSettings(signals=("blink",))


def test_a_calibration_sets_the_threshold_and_is_in_every_flag():
    known = Calibration(threshold=0.8, streams=70, hours=12.0, alpha=1 / 60)
    one = layer(calibration=known)
    assert told(one, columns(0.7, 0, 10)) == []
    flagged = told(one, columns(0.9, 10, 8))[0].to_json()
    assert flagged["calibration"] == {"streams": 70, "hours": 12.0, "alpha": 1 / 60}
    assert layer(threshold=0.6, calibration=known).asked.limit == 0.6


def test_a_flag_that_stood_when_the_process_ended_is_over_and_numbers_go_on():
    one = layer()
    step = one.push(Frames(columns(0.9, 0, 8)), 0.0)
    later = layer()
    resumed = later.resume(
        Past(
            events=(),
            journal=(),
            state={key: held for key, held in step.state.items() if held is not None},
        )
    )
    assert types(list(resumed.events)) == ["deepfake.cleared"]
    again = told(later, columns(0.9, 20, 8))
    assert again[0].to_json()["incident"] == "deepfake-2"


scores = st.none() | st.floats(0, 1)


@given(st.lists(st.tuples(scores, st.booleans()), max_size=40))
def test_flags_and_their_ends_take_turns(stretches):
    one, open_, at = layer(hold_seconds=1.0), False, 0.0
    for score, missed in stretches:
        if missed:
            one.push(Missed(at, at + 5.0, "lost"), 0.0)
            at += 5.0
        for event in told(one, columns(score, at, 1.5)):
            if event.type == "deepfake.flagged":
                assert not open_
                open_ = True
            elif event.type == "deepfake.cleared":
                assert open_
                open_ = False
        at += 1.5


def test_the_names_of_signals_are_those_of_the_columns():
    known = columns(0.9, 0, 1)
    assert all(
        f"deepfake_{name}" in known for name in SIGNALS if name in ("flicker", "face_change")
    )
