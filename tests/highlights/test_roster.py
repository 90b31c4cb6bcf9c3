"""Who is meant, who is absent, and who is told."""

import json
from datetime import date
from typing import Any

import pytest

from v100_ai.events.highlights import (
    UNASSIGNED,
    Highlight,
    HighlightCreated,
    HighlightUpdated,
    Status,
)
from v100_ai.highlights.absence import MOST_A_SPEAKER, Absences
from v100_ai.highlights.roster import Person, Roster
from v100_ai.highlights.summary import summarise

ROSTER = Roster((
    Person(name="Ana Silva", address="ana@example.org"),
    Person(name="Robert Hall", address="robert@example.org", nicknames=("Bobby",)),
    Person(name="Sarah Lee", address="lee@example.org"),
    Person(name="Sarah Moor", address="moor@example.org"),
    Person(name="Omar Ali"),
))  # fmt: skip


def work(
    number: int = 1, assignee: str | None = "Robert", status: Status = "confirmed", **fields: Any
) -> Highlight:
    made: dict[str, Any] = {
        "type": "action_item", "text": "Robert calls the printer.", "deadline": date(2026, 4, 3), "start": 61.0,
        "confidence": 0.8, "segments": ("s1",), "quote": "robert will call", "speaker": "A", "answered": None,
    }  # fmt: skip
    return Highlight(id=f"h{number}", assignee=assignee, status=status, **(made | fields))


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ana Silva", "Ana Silva"),
        ("ana", "Ana Silva"),
        ("  ANA   silva ", "Ana Silva"),
        ("Bob", "Robert Hall"),
        ("rob", "Robert Hall"),
        ("Bobby", "Robert Hall"),
        ("Sarah Lee", "Sarah Lee"),
        ("Sarah", None),
        ("Silva", "Ana Silva"),
        ("Mallory", None),
        ("", None),
    ],
)
def test_a_name_means_one_person_or_nobody(name: str, person: str | None):
    found = ROSTER.find(name)
    assert (found.name if found else None) == person


def test_two_people_of_one_name_are_nobody():
    twice = Roster(
        (
            Person(name="Ana Silva", address="one@x.org"),
            Person(name="Ana Silva", address="two@x.org"),
        )
    )
    assert twice.find("Ana Silva") is None
    assert twice.known("Ana Silva")


def test_a_roster_is_read_from_json_or_lines():
    lines = Roster.parse("Ana Silva <ana@example.org>\n\nOmar Ali\n")
    assert [(p.name, p.address) for p in lines.people] == [
        ("Ana Silva", "ana@example.org"),
        ("Omar Ali", None),
    ]
    entries = [{"name": "Ana Silva", "email": "ana@example.org", "participant": "A"}, "Omar Ali"]
    read = Roster.parse(json.dumps(entries))
    assert read.speaker("A") == "Ana Silva"
    assert [p.address for p in read.people] == ["ana@example.org", None]


@pytest.mark.parametrize("text", ["<only@address.org>", '[{"email": "x"}]', "[7]", "[nonsense"])
def test_a_roster_that_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match=r".+"):
        Roster.parse(text)


def test_an_absent_assignee_is_told_at_their_roster_address():
    told = Absences(ROSTER).decide(HighlightCreated(highlight=work()), {"Ana Silva"})
    assert told is not None
    assert (told.person, told.address, told.highlight) == (
        "Robert Hall",
        "robert@example.org",
        "h1",
    )
    assert (told.deadline, told.timestamp) == ("2026-04-03", "00:01:01")


def test_they_are_told_once():
    absences = Absences(ROSTER)
    assert absences.decide(HighlightCreated(highlight=work()), set()) is not None
    assert absences.decide(HighlightUpdated(highlight=work(text="Changed.")), set()) is None
    assert absences.decide(HighlightCreated(highlight=work(2)), set()) is not None


@pytest.mark.parametrize(
    "highlight",
    [
        work(assignee=None),
        work(assignee="Sarah"),
        work(assignee="Mallory"),
        work(assignee="Omar Ali"),
        work(assignee="Ana Silva"),
        work(status="provisional"),
        work(status="retracted"),
        work(type="decision"),
    ],
    ids=[
        "nobody",
        "ambiguous",
        "stranger",
        "no address",
        "present",
        "provisional",
        "retracted",
        "no work",
    ],
)
def test_nobody_else_is_told(highlight: Highlight):
    assert Absences(ROSTER).decide(HighlightCreated(highlight=highlight), {"Ana Silva"}) is None


def test_one_speaker_cannot_fill_a_mailbox():
    absences = Absences(ROSTER)
    told = [absences.decide(HighlightCreated(highlight=work(n)), set()) for n in range(100)]
    assert sum(each is not None for each in told) == MOST_A_SPEAKER


def test_a_summary_sorts_what_stands():
    questions = [
        work(1, None, type="question", start=9.0),
        work(2, None, type="question", start=1.0, status="retracted"),
    ]
    summary = summarise(
        [*questions, work(3), work(4, None), work(5, None, type="topic")], "So far."
    )
    assert [line.id for line in summary.open_questions] == ["h1"]
    assert summary.answered_questions == ()
    assert {owner: [line.id for line in lines] for owner, lines in summary.actions.items()} == {
        "Robert": ["h3"],
        UNASSIGNED: ["h4"],
    }
    assert [line.id for line in summary.topics] == ["h5"]
    assert summary.text == "So far."
