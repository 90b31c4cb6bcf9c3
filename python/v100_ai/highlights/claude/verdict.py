"""What of an answer is believed. The answer is treated as written by an enemy."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from v100_ai.events.highlights import Highlight
from v100_ai.highlights.claude.grounding import concerns, grounded, hedged, owner, plain, quoted
from v100_ai.highlights.claude.prompt import LONGEST_SUMMARY
from v100_ai.highlights.model import KINDS, Answer, Finding, Segment
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.injection import commands
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.similarity import content

Action = Literal["confirm", "rewrite", "retract", "answer", "amend"]

# Fifteen seconds of talk hold no more.
MOST_HIGHLIGHTS = 6
MOST_UPDATES = 40
MOST_SEGMENTS = 12
SUREST = 0.95
SUREST_HEDGED = 0.6
# Seconds within which "make it Monday" is about what was just said.
_SOON = 90.0


class ReplyRejected(Exception):
    """An answer that is not of the agreed shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A change to a known highlight, with what the evidence supports of it."""

    id: str
    action: Action
    text: str | None = None
    assignee: str | None = None
    deadline: date | None = None
    answered: Answer | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The believable part of an answer; `refused` counts the items that were not."""

    findings: tuple[Finding, ...]
    updates: tuple[Update, ...]
    summary: str
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an answer is held against: the batch, its minute before, and the highlights listed."""

    segments: Mapping[str, Segment]
    earlier: Sequence[Segment]
    listed: Mapping[str, Highlight]
    roster: Roster
    calendar: Calendar | None
    summary: str = ""

    def sources(self) -> list[str]:
        """Everything that was said and may be reworded."""
        said = [segment.text for segment in (*self.earlier, *self.segments.values())]
        names = [self.roster.speaker(segment.participant) for segment in self.segments.values()]
        return [*said, *names]


def verdict(answer: str, evidence: Evidence) -> Verdict:
    """What of the answer may be used.

    Raises:
        ReplyRejected: it is no JSON object with the agreed lists.
    """
    try:
        reply = json.loads(answer)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReplyRejected("expected JSON") from error
    if not isinstance(reply, dict):
        raise ReplyRejected(f"expected an object, found {type(reply).__name__}")
    highlights, updates = reply.get("highlights"), reply.get("updates")
    if not isinstance(highlights, list) or not isinstance(updates, list):
        raise ReplyRejected("expected the lists highlights and updates")
    findings = [_finding(item, evidence) for item in highlights[:MOST_HIGHLIGHTS]]
    changes = [_update(item, evidence) for item in updates[:MOST_UPDATES]]
    first: dict[str, Update] = {}
    for change in changes:
        if change is not None:
            first.setdefault(change.id, change)
    kept = tuple(each for each in findings if each is not None)
    return Verdict(
        findings=kept,
        updates=tuple(first.values()),
        summary=_summary(reply.get("summary"), evidence),
        refused=len(highlights) + len(updates) - len(kept) - len(first),
    )


def _finding(item: object, evidence: Evidence) -> Finding | None:
    if not isinstance(item, dict) or item.get("type") not in KINDS:
        return None
    shown = _segments(item.get("segments"), evidence)
    quote, confidence = item.get("quote"), _number(item.get("confidence"))
    if not shown or confidence is None or not isinstance(quote, str) or not quoted(quote, shown):
        return None
    if commands(quote) or any(commands(segment.text) for segment in shown):
        return None
    text = _wording(item.get("text"), quote, evidence)
    if not text:
        return None
    work = item["type"] == "action_item"
    source = next(segment for segment in shown if quoted(quote, [segment]))
    return Finding(
        type=item["type"],
        text=text,
        quote=plain(quote, source.text),
        speaker=source.participant,
        start=shown[0].start,
        segments=tuple(segment.id for segment in shown),
        confidence=round(min(confidence, SUREST_HEDGED if hedged(quote) else SUREST), 2),
        assignee=owner(item.get("assignee"), shown, quote, evidence.roster) if work else None,
        deadline=_due(quote, source, evidence) if work else None,
    )


def _update(item: object, evidence: Evidence) -> Update | None:
    if not isinstance(item, dict) or item.get("action") not in get_args(Action):
        return None
    old = evidence.listed.get(item["id"]) if isinstance(item.get("id"), str) else None
    if old is None:
        return None
    action: Action = item["action"]
    segment = _shown(item, evidence)
    if action in {"answer", "amend"}:
        return None if segment is None else _addition(action, old, segment, item, evidence)
    # What the rules only guessed may be judged as it stands; what was confirmed takes new evidence.
    if old.status != "provisional" and segment is None:
        return None
    if segment is not None and not _about(old, segment, item["quote"], evidence):
        return None
    text = _wording(item.get("text"), old.quote, evidence) if action == "rewrite" else None
    return Update(id=old.id, action=action, text=text, segment=segment.id if segment else None)


def _addition(
    action: Action, old: Highlight, segment: Segment, item: dict[str, Any], evidence: Evidence
) -> Update | None:
    return _answer(old, segment) if action == "answer" else _amendment(old, segment, item, evidence)


def _answer(old: Highlight, segment: Segment) -> Update | None:
    if old.type != "question" or segment.participant == old.speaker or commands(segment.text):
        return None
    answer = Answer(by=segment.participant, at=segment.start, segment=segment.id)
    return Update(id=old.id, action="answer", answered=answer, segment=segment.id)


def _amendment(
    old: Highlight, segment: Segment, item: dict[str, Any], evidence: Evidence
) -> Update | None:
    if old.type != "action_item" or not _about(old, segment, item["quote"], evidence):
        return None
    assignee = owner(item.get("assignee"), [segment], item["quote"], evidence.roster)
    due = _due(item["quote"], segment, evidence)
    if assignee is None and due is None:
        return None
    return Update(id=old.id, action="amend", assignee=assignee, deadline=due, segment=segment.id)


def _about(old: Highlight, segment: Segment, quote: str, evidence: Evidence) -> bool:
    """Whether a quote concerns this item: it shares its words, or says no more than "make it Monday" soon after."""
    if commands(segment.text) or not concerns(quote, [old.text, old.quote], evidence.roster):
        return False
    shared = content(quote) & content(f"{old.text} {old.quote}")
    return bool(shared) or segment.start - old.start <= _SOON


def _shown(item: dict[str, Any], evidence: Evidence) -> Segment | None:
    """The new segment that an update rests on, if its quote is there."""
    name, quote = item.get("segment"), item.get("quote")
    segment = evidence.segments.get(name) if isinstance(name, str) else None
    return segment if segment and isinstance(quote, str) and quoted(quote, [segment]) else None


def _segments(ids: object, evidence: Evidence) -> list[Segment]:
    """The segments, in order of start; none at all when one of them is foreign."""
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_SEGMENTS:
        return []
    if not all(isinstance(name, str) and name in evidence.segments for name in ids):
        return []
    return sorted((evidence.segments[name] for name in dict.fromkeys(ids)), key=lambda s: s.start)


def _wording(text: object, quote: str, evidence: Evidence) -> str:
    """The model's sentence where it keeps to what was said, else the speaker's own."""
    if isinstance(text, str):
        bare = plain(text, quote)
        if grounded(bare, [quote, *evidence.sources()], evidence.roster):
            return bare
    return plain(phrase(quote), quote)


def _due(quote: str, segment: Segment, evidence: Evidence) -> date | None:
    if evidence.calendar is None:
        return None
    found = evidence.calendar.deadline(quote, segment.start)
    return found.date if found else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(1.0, max(0.0, float(value)))


def _summary(text: object, evidence: Evidence) -> str:
    if not isinstance(text, str) or not text.strip():
        return evidence.summary
    return plain(text, "", LONGEST_SUMMARY) or evidence.summary
