"""One highlight, one id, for life; and no more of them than a reader can take."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from v100_ai.events.fields import from_json, to_json
from v100_ai.events.highlights import (
    Change,
    Highlight,
    HighlightCreated,
    HighlightUpdated,
    clock,
)
from v100_ai.highlights.governor import RATES, SURE, TOTAL_RATE, Governor
from v100_ai.highlights.ledger import HOLD_SECONDS, Ledger
from v100_ai.highlights.model import KINDS, Answer, Finding, Kind
from v100_ai.highlights.similarity import alike, content


def finding(
    kind: Kind = "action_item", text: str = "Ana sends the budget report to the board", *, at: float = 0.0,
    confidence: float = 0.7, segment: str | None = None, assignee: str | None = None, due: date | None = None,
) -> Finding:  # fmt: skip
    return Finding(
        type=kind, text=text, quote=text, speaker="A", start=at, segments=(segment or f"s{at}",),
        confidence=confidence, assignee=assignee, deadline=due,
    )  # fmt: skip


def ids(changes: list[Change]) -> list[str]:
    return [change.highlight.id for change in changes]


def test_the_same_evidence_is_the_same_highlight():
    ledger = Ledger()
    born = ledger.record([finding(segment="s1")], 0.0, "confirmed")
    reworded = replace(finding(segment="s1", confidence=0.8), text="The board gets the report")
    again = ledger.record([reworded], 1.0, "confirmed")
    assert ids(born) == ids(again) == ["h1"]
    assert isinstance(again[0], HighlightUpdated)
    assert again[0].highlight.text == "The board gets the report"


def test_one_utterance_may_hold_two_pieces_of_work():
    ledger = Ledger()
    ledger.record(
        [finding(text="Ana orders lunch and Ben calls the printer", segment="s1")],
        0.0,
        "provisional",
    )
    parts = [
        finding(text="Ana orders lunch", segment="s1"),
        finding(text="Ben calls the printer", segment="s1"),
    ]
    assert ids(ledger.record(parts, 1.0, "confirmed")) == ["h1", "h2"]
    assert [each.quote for each in ledger.highlights.values()] == [each.quote for each in parts]


def test_nothing_new_is_not_told_twice():
    ledger = Ledger()
    assert ledger.record([finding()], 0.0, "confirmed")
    assert ledger.record([finding()], 1.0, "confirmed") == []


def test_nearly_the_same_words_are_the_same_highlight_for_ten_minutes():
    ledger = Ledger()
    ledger.record([finding()], 0.0, "confirmed")
    near = finding(text="So Ana sends the budget report to the board", at=60.0)
    assert ids(ledger.record([near], 60.0, "confirmed")) == ["h1"]
    assert ledger.highlights["h1"].segments == ("s0.0", "s60.0")
    late = finding(text="So Ana sends the budget report to the board", at=900.0)
    assert ids(ledger.record([late], 900.0, "confirmed")) == ["h2"]


@pytest.mark.parametrize(
    "other",
    [
        finding(at=5.0, assignee="Ben"),
        finding(at=5.0, due=date(2026, 4, 4)),
        finding(at=5.0, kind="decision"),
        finding(at=5.0, text="Ana sends the final invoice to the customer"),
    ],
)
def test_another_owner_day_kind_or_matter_is_another_highlight(other: Finding):
    ledger = Ledger()
    ledger.record([finding(assignee="Ana", due=date(2026, 4, 3))], 0.0, "confirmed")
    assert ids(ledger.record([other], 5.0, "confirmed")) == ["h2"]


def test_a_question_answered_later_keeps_its_id_and_its_first_answer():
    ledger = Ledger()
    asked = finding("question", "What does the new printer cost us", segment="s1")
    ledger.record([asked], 0.0, "confirmed")
    first = replace(asked, answered=Answer(by="B", at=4.0, segment="s2"))
    second = replace(asked, answered=Answer(by="C", at=9.0, segment="s3"))
    (told,) = ledger.record([first], 4.0, "confirmed")
    assert told.highlight.answered == first.answered
    assert ledger.record([second], 9.0, "confirmed") == []


def test_what_was_retracted_stays_so():
    ledger = Ledger()
    ledger.record([finding(segment="s1")], 0.0, "provisional")
    (gone,) = ledger.settle("h1", "retracted")
    assert gone.highlight.status == "retracted"
    assert ledger.settle("h1", "confirmed") == []
    assert ledger.record([finding(segment="s1", confidence=0.9)], 1.0, "confirmed") == []


def test_a_provisional_voice_does_not_take_back_a_confirmation():
    ledger = Ledger()
    ledger.record([finding(segment="s1")], 0.0, "confirmed")
    ledger.record([finding(segment="s1", confidence=0.9)], 1.0, "provisional")
    assert ledger.highlights["h1"].status == "confirmed"


@given(
    st.lists(
        st.builds(
            finding,
            kind=st.sampled_from(KINDS),
            text=st.sampled_from(["Ana sends the report today", "Ben calls the printer shop", "We take the blue cover"]),
            at=st.integers(0, 4_000).map(float),
            confidence=st.floats(0, 1),
        ),
        max_size=60,
    ),
    st.booleans(),
)  # fmt: skip
def test_an_id_is_born_once_and_only_the_living_are_updated(
    findings: list[Finding],
    governed: bool,  # noqa: FBT001
):
    ledger = Ledger(governor=Governor() if governed else None)
    changes = [
        change
        for each in sorted(findings, key=lambda f: f.start)
        for change in ledger.record([each], each.start, "confirmed")
    ]
    changes += ledger.close(4_000.0)
    born = [change.highlight.id for change in changes if isinstance(change, HighlightCreated)]
    assert max(Counter(born).values(), default=1) == 1
    living: set[str] = set()
    for change in changes:
        if isinstance(change, HighlightCreated):
            living.add(change.highlight.id)
        assert change.highlight.id in living
    assert living == set(ledger.highlights)


def test_a_question_waits_for_its_answer_before_it_takes_a_place():
    ledger = Ledger(governor=Governor())
    ledger.record(
        [finding("question", "What does the new printer cost us", at=0.0)], 0.0, "confirmed"
    )
    assert not ledger.highlights
    assert ids(ledger.release(HOLD_SECONDS)) == ["h1"]


def flood(kind: Kind, confidence: float, *, every: float = 10.0, hours: float = 1.0) -> int:
    governor = Governor()
    times = [n * every for n in range(int(hours * 3600 / every))]
    return sum(governor.admits(finding(kind, at=t, confidence=confidence), t) for t in times)


@pytest.mark.parametrize("kind", ["question", "topic", "sentiment"])
def test_a_flood_of_one_kind_is_held_to_its_rate(kind: Kind):
    assert RATES[kind] - 2 <= flood(kind, 0.85) <= RATES[kind] + 3


@pytest.mark.parametrize("kind", ["action_item", "decision"])
def test_a_confident_action_item_or_decision_is_never_dropped(kind: Kind):
    assert flood(kind, SURE) == 360
    assert flood(kind, SURE - 0.05) <= RATES[kind] + 3


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.floats(0, 0.79), st.floats(0, 60)), max_size=400)
)
def test_the_whole_is_held_to_its_rate_whatever_comes(stream: list[tuple[Kind, float, float]]):
    governor, now, shown = Governor(), 0.0, 0
    for kind, confidence, pause in stream:
        now += pause
        shown += governor.admits(finding(kind, at=now, confidence=confidence), now)
    assert shown <= TOTAL_RATE * now / 3600 + 4


def test_an_earlier_run_counts_against_the_rate():
    fresh, charged = Governor(), Governor()
    charged.charge("topic", 0.0)
    candidate = finding("topic", confidence=0.5)
    assert fresh.admits(candidate, 0.0)
    assert not charged.admits(candidate, 0.0)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_between_nothing_and_all(one: str, other: str):
    likeness = alike(content(one), content(other))
    assert 0.0 <= likeness <= 1.0
    assert likeness == alike(content(other), content(one))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "00:00:00"), (59.9, "00:00:59"), (3_661.0, "01:01:01"), (-1.0, "00:00:00")],
)
def test_a_timestamp_is_hours_minutes_seconds(seconds: float, shown: str):
    assert clock(seconds) == shown


def test_a_highlight_on_the_wire_has_exactly_its_fields_and_comes_back_whole():
    highlight = Highlight(
        id="h1", type="question", text="What?", assignee=None, deadline=date(2026, 4, 3), start=3_661.5,
        confidence=0.7, status="confirmed", segments=("s1",), quote="what", speaker="A",
        answered=Answer(by="B", at=3_664.0, segment="s2"),
    )  # fmt: skip
    wire = to_json(highlight)
    assert set(wire) == {
        "type", "text", "assignee", "deadline", "timestamp", "confidence",
        "id", "status", "segments", "quote", "speaker", "answered", "deferred_to", "start",
    }  # fmt: skip
    assert (wire["deadline"], wire["timestamp"]) == ("2026-04-03", "01:01:01")
    assert from_json(Highlight, wire) == highlight
