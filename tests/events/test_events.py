"""Every event stands in one room: its type nowhere else, its fields as JSON and back, its lane in the report."""

import ast
import json
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import v100_ai
from v100_ai.events import (
    EVENTS,
    SAMPLE,
    TEST,
    TYPES,
    AlertOpened,
    Event,
    FaultFound,
    FrameAnalysis,
    HighlightCreated,
    SessionStarted,
    read,
)
from v100_ai.report.lanes import LANES
from v100_ai.report.session import SessionReport

PACKAGE = Path(v100_ai.__file__).parent
SILENT = {
    "clip.opened",
    "clip.progress",
    "media.stats",
    "participant.left",
    "participant.muted",
    "peer.connected",
    "peer.lost",
    "session.notice",
    "slot.assigned",
    "source.caught_up",
    "track.added",
    "track.removed",
}
"""Events that a report has nothing to say of."""

numbers = st.floats(-1e6, 1e6)


def built(kind: type[Event]) -> st.SearchStrategy[Any]:
    if kind is FrameAnalysis:
        spread = st.dictionaries(st.sampled_from(["vmaf", "psnr"]), st.none() | st.just({"min": 1}))
        return st.builds(kind, readings=spread, columns=st.none())
    return st.from_type(kind)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda each: each.type)
@given(data=st.data())
def test_an_event_comes_back_whole_by_way_of_json(kind, data):
    st.register_type_strategy(float, numbers)
    event = data.draw(built(kind))
    draft = event.draft()
    assert draft.type in TYPES
    assert read(draft.type, json.loads(json.dumps(draft.data, allow_nan=False))) == event


def test_what_is_infinite_or_absent_is_so_again():
    alert = AlertOpened(
        rule="r", incident="r-1", reading="psnr", value=inf, limit=1.0, start=0.0, at=1.0
    )
    assert alert.to_json()["value"] == "inf"
    assert "track" not in alert.to_json()
    assert AlertOpened.from_json(alert.to_json()) == alert
    fault = FaultFound(fault="black", from_pts=0.0, to_pts=1.0, frames=25, worst=1.0, track="ana")
    assert fault.to_json()["track"] == "ana"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (SessionStarted, {}),
        (SessionStarted, {"name": 1, "session_kind": "stream", "layers": []}),
        (SessionStarted, {"name": "n", "session_kind": "stream", "layers": 3}),
        (HighlightCreated, {"id": "h1"}),
        (FaultFound, {"fault": "black", "from_pts": "soon", "to_pts": 1.0}),
    ],
)
def test_what_is_no_such_event_is_told(kind, data):
    with pytest.raises(ValueError, match=r"expected|missing"):
        kind.from_json(data)


def test_what_a_later_version_says_is_passed_over():
    assert read("future.event", {}) is None
    later = {"name": "n", "session_kind": "stream", "layers": [], "colour": "red"}
    assert isinstance(read("session.started", later), SessionStarted)


def test_each_type_is_one_class():
    assert len(TYPES) == len(EVENTS) > 20
    assert all(each.__doc__ for each in EVENTS)


def literals(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def test_no_type_of_an_event_is_written_outside_the_room_of_events():
    types = {*TYPES, SAMPLE, TEST}
    room = PACKAGE / "events"
    sources = sorted(PACKAGE.rglob("*.py"))
    inside = set[str]().union(*(literals(each) for each in sources if each.is_relative_to(room)))
    assert inside >= types
    outside = {
        f"{path.relative_to(PACKAGE)}: {found}"
        for path in sources
        if not path.is_relative_to(room)
        for found in literals(path) & types
    }
    assert outside == set()
    scripts = [path.read_text() for path in (PACKAGE / "report" / "assets").iterdir()]
    assert len(scripts) > 3
    assert [each for each in types for script in scripts if f'"{each}"' in script] == []


def test_every_event_has_a_lane_or_is_known_to_have_none():
    known = set(SessionReport()._takes)
    assert {kind.type for lane in LANES for kind in lane().takes} <= known
    assert set(TYPES) - known == SILENT
