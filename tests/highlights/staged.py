"""A meeting to be held again and again, and a log to hold it with."""

import json
from typing import Any

from tests.highlights.said import say
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.journal import Log
from v100_ai.highlights.meeting import Meeting
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.segment import Segment

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
