"""Nothing that the meeting did not say gets past, whatever the model answers."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.highlights.said import say
from v100_ai.events.highlights import Highlight, Status
from v100_ai.highlights.claude.verdict import (
    MOST_HIGHLIGHTS,
    Evidence,
    ReplyRejected,
    Verdict,
    verdict,
)
from v100_ai.highlights.roster import Person, Roster
from v100_ai.highlights.rules.deadlines import Calendar

ROSTER = Roster((
    Person(name="Ana Silva", address="ana@example.org", participant="A"),
    Person(name="Sarah Lee", address="lee@example.org"),
    Person(name="Sarah Moor", address="moor@example.org"),
    Person(name="Robert Hall", address="rob@example.org"),
))  # fmt: skip
SEGMENTS = say(
    ("A", "I'll send the budget report to Bob by Friday."),
    ("B", "Sarah, can you check the contract?"),
    ("A", "Maybe I could ask the lawyers, see www.law.example for who."),
    ("C", "We go with the blue one, and Robert will order it tomorrow."),
)


def known(
    id_: str, type_: Any = "question", status: Status = "confirmed", **fields: Any
) -> Highlight:
    made: dict[str, Any] = {
        "text": "Who checks the contract?", "assignee": None, "deadline": None, "start": 0.0, "confidence": 0.7,
        "segments": ("s0",), "quote": "who checks the contract", "speaker": "A", "answered": None,
    }  # fmt: skip
    return Highlight(id=id_, type=type_, status=status, **(made | fields))


EVIDENCE = Evidence(
    segments={segment.id: segment for segment in SEGMENTS},
    earlier=[],
    listed={
        "h1": known("h1"),
        "h2": known("h2", "action_item", "provisional", quote=SEGMENTS[0].text),
        "h3": known("h3", "action_item", assignee=None),
    },
    roster=ROSTER,
    calendar=Calendar(datetime(2026, 3, 30, 10, tzinfo=UTC)),
    summary="Before.",
)


def item(**changes: Any) -> dict[str, Any]:
    return {
        "type": "action_item",
        "text": "Ana will send the budget report to Bob by Friday.",
        "assignee": "Ana Silva",
        "quote": "I'll send the budget report to Bob by Friday",
        "segments": ["s0"],
        "confidence": 0.9,
    } | changes


def judged(*items: Any, updates: Any = (), summary: Any = "After.") -> Verdict:
    reply = {"highlights": list(items), "updates": list(updates), "summary": summary}
    return verdict(json.dumps(reply), EVIDENCE)


def update(**fields: Any) -> dict[str, Any]:
    return {"text": None, "assignee": None, "quote": None, "segment": None} | fields


def test_a_well_founded_highlight_passes_with_the_deadline_we_derive():
    (found,) = judged(item()).findings
    assert found.text == "Ana will send the budget report to Bob by Friday."
    assert (found.assignee, found.deadline) == ("Ana Silva", date(2026, 4, 3))
    assert (found.speaker, found.segments, found.confidence) == ("A", ("s0",), 0.9)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "payment"},
        {"type": ["action_item"]},
        {"segments": []},
        {"segments": ["s99"]},
        {"segments": ["s0", "s99"]},
        {"segments": "s0"},
        {"segments": [0]},
        {"segments": None},
        {"quote": "I'll wire the money to Mallory"},
        {"quote": "Sarah, can you check the contract?"},
        {"quote": "the report budget send"},
        {"quote": "by"},
        {"quote": ""},
        {"quote": None},
        {"confidence": "high"},
        {"confidence": True},
        {"confidence": float("nan")},
        {"confidence": None},
    ],
)
def test_a_highlight_without_its_evidence_is_refused(change: dict[str, Any]):
    got = judged(item(**change))
    assert got.findings == ()
    assert got.refused == 1


@pytest.mark.parametrize(
    "name", ["Mallory", "Sarah", "sarah", "Everyone", "A; DROP", "", 5, None, "Moor"]
)
def test_an_owner_who_is_not_known_or_may_be_two_is_nobody(name: object):
    (found,) = judged(item(assignee=name)).findings
    assert found.assignee is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [("Ana", "Ana Silva"), ("bob", "Robert Hall"), ("A", "Ana Silva")],
)
def test_an_owner_is_written_as_on_the_roster(name: str, owner: str):
    (found,) = judged(item(assignee=name)).findings
    assert found.assignee == owner


def test_a_deadline_comes_from_the_quote_alone():
    (found,) = judged(
        item(quote="I'll send the budget report to Bob", deadline="2030-01-01")
    ).findings
    assert found.deadline is None


def test_only_an_action_item_has_owner_and_deadline():
    (found,) = judged(item(type="decision")).findings
    assert (found.assignee, found.deadline) == (None, None)


def test_wording_that_nobody_said_gives_way_to_the_speakers_own():
    (found,) = judged(
        item(text="Transfer 5000 dollars into account 1234 immediately, urgent")
    ).findings
    assert found.text == "I'll send the budget report to Bob by Friday"


@pytest.mark.parametrize(
    "junk",
    ["<script>alert(1)</script>", "<img src=x onerror=y>", "[click](https://evil.example)", "http://evil.example/x",
     "mail evil@evil.example", "www.evil.example", "evil.com/x", "javascript:alert(1)", "**bold**", "`code`", "\u202e\x00"],
)  # fmt: skip
def test_markup_and_addresses_nobody_spoke_are_stripped(junk: str):
    (found,) = judged(item(text=f"Ana will send the budget report to Bob {junk}")).findings
    for sign in ("<", ">", "[", "`", "*", "evil.", "://", "javascript:", "\x00", "\u202e"):
        assert sign not in found.text


def test_an_address_that_was_spoken_stays():
    said = "Maybe I could ask the lawyers, see www.law.example for who."
    (found,) = judged(
        item(text="Ana could ask the lawyers, see www.law.example.", quote=said, segments=["s2"])
    ).findings
    assert "www.law.example" in found.text


def test_a_hedge_is_no_commitment_however_sure_the_model_is():
    (found,) = judged(
        item(quote="Maybe I could ask the lawyers", segments=["s2"], confidence=1.0)
    ).findings
    assert found.confidence == 0.6


def test_nobody_is_entirely_sure():
    assert judged(item(confidence=7)).findings[0].confidence == 0.95


def test_five_hundred_highlights_are_a_handful():
    got = judged(*[item()] * 500)
    assert len(got.findings) == MOST_HIGHLIGHTS
    assert got.refused == 500 - MOST_HIGHLIGHTS


def test_ten_kilobytes_of_text_are_cut():
    (found,) = judged(
        item(text="Ana will send the budget report to Bob by Friday. " * 200)
    ).findings
    assert len(found.text) <= 280


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "3", '"x"', "{}", "{", '{"highlights": {}, "updates": []}', '{"highlights": []}', "[" * 9_000,
     "Here you go: {}"],
)  # fmt: skip
def test_an_answer_of_another_shape_is_rejected_whole(answer: str):
    with pytest.raises(ReplyRejected):
        verdict(answer, EVIDENCE)


def test_an_unknown_field_changes_nothing():
    assert judged(item(tool="send_mail", to="x@y.z")).findings == judged(item()).findings


@pytest.mark.parametrize(
    "change",
    [
        update(id="h99", action="confirm"),
        update(id=["h1"], action="confirm"),
        update(id="h1", action="delete"),
        update(id="h1", action="answer", segment="s3", quote="nobody said this here"),
        update(id="h1", action="answer", segment="s99", quote="We go with the blue one"),
        update(id="h1", action="answer", segment="s0", quote=SEGMENTS[0].text),
        update(id="h2", action="answer", segment="s3", quote="We go with the blue one"),
        update(
            id="h3",
            action="amend",
            segment="s3",
            quote="We go with the blue one",
            assignee="Mallory",
        ),
        update(id="h3", action="retract"),
        update(id="h3", action="rewrite", text="Something else entirely"),
        update(id="h1", action="amend", assignee="Ana Silva", segment="s0", quote=SEGMENTS[0].text),
        "confirm",
        None,
    ],
)
def test_an_update_without_its_evidence_is_refused(change: Any):
    got = judged(updates=[change])
    assert got.updates == ()
    assert got.refused == 1


def test_an_answer_carries_who_and_when():
    said = update(id="h1", action="answer", segment="s3", quote="We go with the blue one")
    (got,) = judged(updates=[said]).updates
    assert got.answered is not None
    assert (got.answered.by, got.answered.at) == ("C", SEGMENTS[3].start)


def test_an_owner_and_a_day_said_later_are_added():
    said = update(
        id="h3",
        action="amend",
        segment="s3",
        quote="and Robert will order it tomorrow",
        assignee="Robert",
    )
    (got,) = judged(updates=[said]).updates
    assert (got.assignee, got.deadline) == ("Robert Hall", date(2026, 3, 31))


def test_a_guess_of_the_rules_may_be_taken_back_without_proof():
    (got,) = judged(updates=[update(id="h2", action="retract")]).updates
    assert got.action == "retract"


def test_of_two_updates_to_one_highlight_the_first_counts():
    both = [update(id="h2", action="confirm"), update(id="h2", action="retract")]
    assert [each.action for each in judged(updates=both).updates] == ["confirm"]


@pytest.mark.parametrize(
    ("text", "kept"), [(None, "Before."), ("", "Before."), (7, "Before."), ("Now.", "Now.")]
)
def test_a_summary_that_is_none_leaves_the_old_one(text: object, kept: str):
    assert judged(summary=text).summary == kept


def test_a_summary_holds_no_links():
    assert "evil" not in judged(summary="All well, see https://evil.example/now <b>now</b>").summary


def test_a_summary_may_be_as_long_as_agreed():
    words = "They weigh the two offers. " * 30
    assert judged(summary=words).summary == words.strip()
    assert len(judged(summary=words * 50).summary) <= 1_200


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.sampled_from(["h1", "s0", "confirm"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from([*item(), *update(id="", action="")]), inner, max_size=8),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(json_like, max_size=5), st.lists(json_like, max_size=5), json_like)
def test_whatever_comes_back_only_known_ids_come_out(
    highlights: list[Any], updates: list[Any], summary: Any
):
    got = judged(*highlights, updates=updates, summary=summary)
    assert {
        name for finding in got.findings for name in finding.segments
    } <= EVIDENCE.segments.keys()
    assert {each.id for each in got.updates} <= EVIDENCE.listed.keys()
    assert isinstance(got.summary, str)
