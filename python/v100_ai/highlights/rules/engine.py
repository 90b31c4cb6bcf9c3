"""The offline engine: segments in, findings out, at once and in order."""

from collections import deque
from dataclasses import dataclass, field, replace

from v100_ai.highlights.finding import KINDS, Answer, Finding, Kind
from v100_ai.highlights.people import Roster
from v100_ai.highlights.rules.actions import THRESHOLD as ACTION, WRAP_UP, action
from v100_ai.highlights.rules.answers import WITHIN, answers
from v100_ai.highlights.rules.cue import Cue
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.decisions import (
    ASSENT_WITHIN,
    MOST_ASSENTS,
    THRESHOLD as DECISION,
    assented,
    assents,
    decision,
)
from v100_ai.highlights.rules.floor import Floor
from v100_ai.highlights.rules.names import assignee
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.questions import THRESHOLD as QUESTION, question
from v100_ai.highlights.rules.sentiment import Mood
from v100_ai.highlights.rules.topics import Topics
from v100_ai.highlights.rules.utterance import Utterance, utterance
from v100_ai.highlights.segment import Segment

# Confidence = base + slope * score, at most the cap: what a reader may believe of rules.
# A decision by rule is right once in three at best, so it never looks sure.
_BELIEF: dict[Kind, tuple[float, float, float]] = {
    "question": (0.35, 0.45, 0.85),
    "action_item": (0.2, 0.6, 0.85),
    "decision": (0.05, 0.35, 0.6),
}
_WRAP_UP_SECONDS = 60.0


@dataclass(slots=True)
class _Open:
    """A question waiting for its answer, or a claim waiting for assent."""

    said: Utterance
    finding: Finding
    score: float
    found: list[Cue]
    assents: int = 0


@dataclass(slots=True)
class Rules:
    """Hand-weighted rules over a meeting. Knows no clock: time is the segments' own."""

    roster: Roster = field(default_factory=Roster)
    calendar: Calendar | None = None
    kinds: frozenset[Kind] = frozenset(KINDS)
    _floor: Floor = field(default_factory=Floor)
    _wrapped_up: float = float("-inf")
    _questions: deque[_Open] = field(default_factory=deque[_Open])
    _claims: deque[_Open] = field(default_factory=deque[_Open])
    _topics: Topics = field(default_factory=Topics)
    _mood: Mood = field(default_factory=Mood)

    def push(self, segment: Segment) -> list[Finding]:
        """What this segment shows: new findings, and earlier ones that it changes."""
        said = utterance(segment)
        self._floor.advance(segment.start)
        found = [
            *self._answered(said),
            *self._assented(said),
            *self._question(said),
            *self._action(said),
            *self._decision(said),
            *self._topics.push(said),
            *self._mood.push(said),
        ]
        self._floor.push(said, claim=bool(self._claims) and self._claims[-1].said is said)
        return [each for each in found if each.type in self.kinds]

    def _question(self, said: Utterance) -> list[Finding]:
        points, cues = question(said)
        if points < QUESTION:
            return []
        finding = _finding("question", said, points, cues)
        self._questions.append(_Open(said, finding, points, cues))
        return [finding]

    def _answered(self, said: Utterance) -> list[Finding]:
        segment = said.segment
        while self._questions and self._questions[0].said.segment.end + WITHIN < segment.start:
            self._questions.popleft()
        taken = [each for each in self._questions if answers(said, each.said)]
        answer = Answer(by=segment.speaker, at=segment.start, segment=segment.id)
        for each in taken:
            self._questions.remove(each)
        return [replace(each.finding, answered=answer) for each in taken]

    def _action(self, said: Utterance) -> list[Finding]:
        if not WRAP_UP.words.isdisjoint(said.vocabulary) and WRAP_UP.pattern.search(said.plain):
            self._wrapped_up = said.segment.start
        wrapping = said.segment.start - self._wrapped_up < _WRAP_UP_SECONDS
        points, cues = action(said, wrapping=wrapping)
        if points < ACTION:
            return []
        due = (
            self.calendar.deadline(said.segment.text, said.segment.start) if self.calendar else None
        )
        finding = _finding("action_item", said, points, cues)
        owner = assignee(said, self.roster)
        return [replace(finding, assignee=owner, deadline=due.date if due else None)]

    def _decision(self, said: Utterance) -> list[Finding]:
        points, cues = decision(said, self._floor)
        if points <= 0:
            return []
        finding = _finding("decision", said, points, cues)
        self._claims.append(_Open(said, finding, points, cues))
        return [finding] if points >= DECISION else []

    def _assented(self, said: Utterance) -> list[Finding]:
        segment = said.segment
        while self._claims and self._claims[0].said.segment.end + ASSENT_WITHIN < segment.start:
            self._claims.popleft()
        if not self._claims or not assents(said):
            return []
        settled = []
        for claim in self._claims:
            own = claim.said.segment
            if own.speaker == segment.speaker or claim.assents == MOST_ASSENTS:
                continue
            if segment.start < own.end + ASSENT_WITHIN:
                claim.assents += 1
                claim.score, claim.found = assented(claim.score, claim.found)
                if claim.score >= DECISION:
                    settled.append(_finding("decision", claim.said, claim.score, claim.found))
        return settled


def _finding(kind: Kind, said: Utterance, points: float, found: list[Cue]) -> Finding:
    base, slope, cap = _BELIEF[kind]
    segment = said.segment
    return Finding(
        type=kind,
        text=phrase(segment.text),
        quote=segment.text,
        speaker=segment.speaker,
        start=segment.start,
        segments=(segment.id,),
        confidence=round(min(cap, base + slope * points), 2),
        reasons=tuple(each.reason for each in found),
    )
