import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.report.events import Log, meeting, stream
from v100_ai.report import session_page
from v100_ai.report.lanes import frames as marks, highlights as matters
from v100_ai.report.lanes.frames import FramesLane
from v100_ai.report.session import COUNTERS, SessionReport, collect
from v100_ai.report.session_page import document

KINDS = sorted(SessionReport()._takes)
FIELDS = (
    *("id", "at", "start", "end", "pts", "from_pts", "to_pts", "frame", "frames", "columns"),
    *("participant", "speaker", "speakers", "tiles", "view", "rule", "incident", "fault", "type"),
    *("vmaf", "min", "mean", "max", "actions", "topics", "answered", "layers", "counts", "text"),
)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("inf"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=12,
)
envelopes = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={"data": st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8)}
    | dict.fromkeys(("time", "epoch", "seq"), anything),
)


@given(st.lists(envelopes, max_size=12))
def test_whatever_the_log_holds_there_is_a_report(events):
    report = collect(events, transcript=True)
    json.dumps(document(report), allow_nan=False)
    assert session_page.html(report, "1.2.3").encode()


def test_every_kind_of_event_was_tried():
    assert {"frame.analysis", "talk.summary", "alert.opened", "highlight.updated"} <= set(KINDS)


@pytest.mark.parametrize("rate", ["second", "frame"])
def test_a_stream_is_told_whole(rate):
    told = document(collect(stream(rate=rate).events))
    assert (told["name"], told["kind"], told["reason"]) == ("Launch", "stream", "deleted")
    assert told["started"] == "2026-05-28T20:26:40.000Z"
    assert told["seconds"] == 600.0
    assert told["frames"] == 570 * 25
    assert told["layers"] == ["visual", "quality_metrics"]
    assert told["source"]["codec"] == "h264"
    assert told["source"]["lost"] == "rtsp://cam/1: timed out"
    assert told["gaps"] == [{"start": 400.0, "end": 430.0, "reason": "source lost"}]
    assert told["warnings"] == [{"text": "another aspect ratio"}]
    assert told["counts"] == {"gaps": 1, "cuts": 14, "faults": 1, "alerts": 2}
    low, still = told["alerts"]
    assert (low["start"], low["end"], low["worst"]) == (301.0, 340.0, 61.5)
    assert (still["rule"], still["end"]) == ("x", None)
    assert told["counters"] == {"tap.offered": 14975.0, "tap.replaced": 599.0, "tokens.input": 0.0}
    assert "talk" not in told
    assert "highlights" not in told


def test_both_rates_say_the_same_of_the_readings():
    by_second = document(collect(stream(rate="second").events))["readings"]
    by_frame = document(collect(stream(rate="frame").events))["readings"]
    assert by_second.keys() == by_frame.keys() >= {"vmaf", "visual_exposure"}
    for name, one in by_second.items():
        assert one == pytest.approx(by_frame[name])


@pytest.mark.parametrize("rate", ["second", "frame"])
def test_a_long_stream_has_a_report_of_bounded_size(rate):
    report = collect(stream(4000, rate=rate).events)
    series = report.lane(FramesLane).main.series
    assert len(series.points) <= series.limit
    assert series.frames == 3970 * 25
    frames = [point.frames for point in series.points[:-1]]
    assert max(frames) <= 2 * min(frames)


def test_a_stall_nobody_told_of_is_a_hole():
    log = Log()
    for second in (0, 1, 2, 20, 21):
        log.second(second, rate="second")
    assert collect(log.events).lane(FramesLane).main.holes == [(2.96, 20.0)]


def test_a_reading_with_infinity_in_it_is_not_charted():
    log = Log()
    log.second(0, rate="second")
    log.events[0]["data"]["psnr"] = {"min": 40.0, "mean": "inf", "max": "inf"}
    readings = document(collect(log.events))["readings"]
    assert "psnr" not in readings
    assert "vmaf" in readings


def test_lanes_come_from_who_talked_and_the_sums_from_the_summary():
    told = document(collect(meeting().events))["talk"]
    assert told["lanes"][0]["name"] == "Дарья"
    assert sum(len(each["spans"]) for each in told["lanes"]) == 60
    assert sum(len(each["floor"]) for each in told["lanes"]) == 60
    assert (told["floor_changes"], told["layout_changes"], told["participants"]) == (60, 60, 5)
    assert told["summary"]["silence"] == 50.0
    assert told["summary"]["speakers"][0]["name"] == "Alice Ng"
    assert told["layouts"][4]["view"] == "side_by_side"


def test_who_still_talks_does_so_until_the_session_ends():
    told = document(collect(meeting().events))
    assert told["axis"]["end"] == told["seconds"] == 750.0
    last = max(span for lane in told["talk"]["lanes"] for span in lane["spans"])
    assert last == (718.0, 750.0)


def test_talk_that_was_open_when_a_process_died_ends_there():
    log = Log()
    log.tell("talk.started", {"at": 10.0, "participant": "a"})
    log.tell("speaker.changed", {"at": 12.0, "previous": None, "speaker": "a"})
    log.epoch = 2
    log.tell("talk.started", {"at": 100.0, "participant": "a"})
    log.tell("talk.stopped", {"at": 101.0, "participant": "a", "seconds": 1.0})
    (lane,) = document(collect(log.events))["talk"]["lanes"]
    assert lane["spans"] == [(10.0, 12.0), (100.0, 101.0)]
    assert lane["floor"] == [(12.0, 12.0)]


def test_a_highlight_is_told_once_in_its_last_state_unless_retracted():
    told = document(collect(meeting().events))
    found = {each["id"]: each for each in told["highlights"]}
    assert len(found) == len(told["highlights"]) == 14
    assert "h7" not in found
    assert {each["status"] for each in found.values()} == {"confirmed"}
    assert found["h0"]["answered"] == {"by": "ليلى", "at": 95.0}
    assert found["h1"]["deadline"] == "2026-12-04"
    order = [each["type"] for each in told["highlights"]]
    assert order == sorted(order, key=matters.TYPES.index)
    assert told["notifications"] == 1
    assert told["summary"]["actions"]["Alice Ng"][0]["deadline"] == "2026-12-04"


def test_what_was_said_is_left_out_unless_asked_for():
    words = "between you and me"
    log = Log()
    segment = {"id": "s1", "participant": "a", "start": 1.0, "end": 2.0, "text": words}
    log.tell("transcript.segment", segment)
    silent, asked = collect(log.events), collect(log.events, transcript=True)
    assert words not in json.dumps(document(silent)) + session_page.html(silent, "1")
    assert document(asked)["transcript"] == [{**segment, "name": "a"}]
    assert words in session_page.html(asked, "1")


def test_counters_that_began_anew_are_added_to_the_ones_before():
    log = Log()
    for value in (5, 9, 2, 3, 1):
        log.tell("session.stats", {"counts": {"tap": {"replaced": value}}})
    assert collect(log.events).counters == {"tap.replaced": 9 + 3 + 1}


def test_nothing_grows_without_bounds():
    log = Log()
    for index in range(marks.MARKS + 5):
        log.tell("scene.cut", {"pts": float(index), "frame": index})
        log.tell("highlight.created", {"id": f"h{index}", "type": "topic", "text": "x"})
    counts = {f"c{index}": index for index in range(COUNTERS + 50)}
    log.tell("session.stats", {"counts": {"a": counts}})
    report = collect(log.events)
    told: dict[str, Any] = document(report)
    assert len(told["cuts"]) == marks.MARKS
    assert told["counts"]["cuts"] == marks.MARKS + 5
    assert len(told["highlights"]) == matters.HIGHLIGHTS
    assert told["omitted"] == marks.MARKS + 5 - matters.HIGHLIGHTS
    assert len(told["counters"]) == COUNTERS
