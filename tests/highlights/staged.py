"""A meeting to be held again and again, and a log to hold it with."""

import json
from collections.abc import Iterable
from typing import Any

from tests.highlights.fake_claude import EMPTY, Body
from tests.highlights.said import say
from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.journal import Log
from v100_ai.highlights.meeting import Meeting
from v100_ai.highlights.model import Segment
from v100_ai.highlights.rules.engine import Rules

LINES = [
    "Okay, let's get started with the budget.",
    "Do we know how much the new printer is going to cost?",
    "About four hundred euros I think.",
    "I'll send the offer to everybody by Friday.",
    "Great, thanks.",
    "So let's go with the blue one then, we decided that.",
    "Yeah, sounds good.",
    "Can you prepare the slides for the next meeting?",
    "Sure, I will write up the notes too.",
    "Who is going to talk to the customer about the delay?",
    "Mm-hmm.",
    "We should keep the old supplier, I agree.",
]


def conversation(length: int) -> list[Segment]:
    return say(*[("ABCD"[i % 4], LINES[i % len(LINES)]) for i in range(length)], seconds=3.0)


class Memory:
    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def append(self, record: dict[str, Any]) -> None:
        self.entries.append(json.loads(json.dumps(record)))


def meeting(log: Log, *, judged: bool, governor: Governor | None = None) -> Meeting:
    return Meeting(rules=Rules(), judged=judged, log=log, governor=governor)


def drive(one: Meeting, segments: list[Segment]) -> None:
    """A sender that says everything from the beginning, whatever was heard before."""
    for segment in segments:
        for batch in one.hear(segment, segment.end).batches:
            one.settle(batch, None, segment.end)
    end = segments[-1].end
    for batch in one.finish(end).batches:
        one.settle(batch, None, end)
    one.close(end)


def ranges(entries: Iterable[dict[str, Any]]) -> list[tuple[int, int]]:
    return [
        tuple(e["settled"])
        for e in entries
        if "settled" in e and e["settled"][0] <= e["settled"][1]
    ]


def assert_settled_once(entries: list[dict[str, Any]], segments: list[Segment]) -> None:
    heard = [entry["heard"]["id"] for entry in entries if "heard" in entry]
    assert heard == [segment.id for segment in segments]
    numbers = [number for first, last in ranges(entries) for number in range(first, last + 1)]
    assert numbers == list(range(len(segments)))


def noted(body: Body) -> Body:
    """A diligent model: notes the first new segment, confirms what is provisional."""
    shown = json.loads(body["messages"][0]["content"])
    first = shown["segments"][0]
    made = {
        "type": "decision", "text": first["text"], "assignee": None, "quote": first["text"],
        "segments": [first["id"]], "confidence": 0.9,
    }  # fmt: skip
    confirmed = [
        {
            "id": each["id"],
            "action": "confirm",
            "text": None,
            "assignee": None,
            "quote": None,
            "segment": None,
        }
        for each in shown["noted"]
        if each["status"] == "provisional"
    ]
    return EMPTY | {"highlights": [made], "updates": confirmed}


class Patient(Breaker):
    """Never opens, so that every fault is met."""

    def takes(self, now: float) -> bool:
        return True
