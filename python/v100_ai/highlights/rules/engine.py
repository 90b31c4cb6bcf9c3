"""The offline engine: segments in, findings out, at once and in order."""

import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from v100_ai.highlights.model import KINDS, Answer, Finding, Kind, Segment
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.rules.actions import THRESHOLD as ACTION, WRAP_UP, action
from v100_ai.highlights.rules.answers import (
    LATER,
    Asked,
    answers_late,
    asked,
    leaves_open,
    near,
)
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
from v100_ai.highlights.rules.injection import commands
from v100_ai.highlights.rules.language import Language
from v100_ai.highlights.rules.matters import Matters
from v100_ai.highlights.rules.names import Names
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.questions import THRESHOLD as QUESTION, question
from v100_ai.highlights.rules.reading import Reading, reading
from v100_ai.highlights.rules.sentences import sentences
from v100_ai.highlights.rules.sentiment import Mood
from v100_ai.highlights.rules.settling import Settling
from v100_ai.highlights.rules.topics import Topics
from v100_ai.highlights.rules.utterance import Utterance, utterance
from v100_ai.highlights.rules.verbs import idle

_log = logging.getLogger(__name__)

# Confidence = base + slope * score, at most the cap: what a reader may believe of rules.
# A decision by rule is right once in three at best, so it never looks sure.
_BELIEF: dict[Kind, tuple[float, float, float]] = {
    "question": (0.35, 0.45, 0.85),
    "action_item": (0.2, 0.6, 0.85),
    "decision": (0.05, 0.35, 0.6),
}
_WRAP_UP_SECONDS = 60.0
_SELF = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|i can|i could|i should|i need to|i have to|i've got to"
    r"|let me|i shall|i want to)\b"
)
# What the rules tell of unless asked for more: their topics and moods are noise to a reader.
TOLD: frozenset[Kind] = frozenset({"question", "action_item", "decision"})


@dataclass(slots=True)
class _Open:
    """A question waiting for its answer, or a claim waiting for assent."""

    said: Utterance
    finding: Finding
    score: float
    found: list[Cue]
    assents: int = 0
    asked: Asked | None = None
    left_open: str = ""
    until: float = 0.0


@dataclass(slots=True)
class Rules:
    """Hand-weighted rules over a meeting. Knows no clock: time is the segments' own.

    `kinds` are told at all, by whomever; of them the rules themselves tell `own`. A fault in one rule
    costs what that rule had to say of one sentence: `faults` counts them by rule.
    """

    roster: Roster = field(default_factory=Roster)
    calendar: Calendar | None = None
    kinds: frozenset[Kind] = frozenset(KINDS)
    own: frozenset[Kind] = TOLD
    faults: Counter[str] = field(default_factory=Counter[str])
    foreign: bool = False
    _until: float = 0.0
    names: Names = field(init=False)
    _matters: Matters = field(init=False)
    _settling: Settling = field(default_factory=Settling)
    _language: Language = field(default_factory=Language)
    _floor: Floor = field(default_factory=Floor)
    _wrapped_up: float = float("-inf")
    _questions: deque[_Open] = field(default_factory=deque[_Open])
    _claims: deque[_Open] = field(default_factory=deque[_Open])
    _topics: Topics = field(default_factory=Topics)
    _mood: Mood = field(default_factory=Mood)

    def __post_init__(self) -> None:
        self.names = Names(self.roster)
        self._matters = Matters(self.names, self.calendar)

    def push(self, segment: Segment) -> list[Finding]:
        """What this segment shows: new findings, and earlier ones that it changes."""
        self.names.hear(segment.participant)
        self._until, told = segment.end, self.kinds & self.own
        self._floor.advance(segment.start)
        found = [each for sentence in sentences(segment) for each in self._sentence(sentence)]
        claim = bool(self._claims) and self._claims[-1].said.segment.id == segment.id
        self._floor.push(utterance(segment), claim=claim)
        return [each for each in found if each.type in told]

    def forget(self, segment: str) -> None:
        """What this segment said counts no more: it comes again in other words."""
        self._questions = deque(each for each in self._questions if each.said.segment.id != segment)
        self._claims = deque(each for each in self._claims if each.said.segment.id != segment)
        self._matters.forget(segment)
        self._settling.forget(segment)

    def _sentence(self, segment: Segment) -> list[Finding]:
        said = utterance(segment)
        if self._language.hear(segment.text):
            self.foreign = True
        if not self._language.understands(segment.text) or commands(segment.text):
            return []
        read = reading(segment, self.names)
        found = self._guard("answers", lambda: self._answered(said, read))
        work = self._guard("work", lambda: self._matters.hear(read))
        spoke = self._matters.spoke
        settled = self._guard("decisions", lambda: self._settling.hear(read, work=spoke))
        found += [*work, *settled]
        found += self._guard("assent", lambda: self._assented(said))
        if not (spoke and any(each.assignee for each in work)):
            found += self._guard("questions", lambda: self._question(said, read))
        if not spoke and not idle(read.flat):
            found += self._guard("design work", lambda: self._action(said))
        found += self._guard("design decisions", lambda: self._decision(said, told=bool(settled)))
        found += self._guard("topics", lambda: self._topics.push(said))
        found += self._guard("sentiment", lambda: self._mood.push(said))
        return found

    def _guard(self, rule: str, run: Callable[[], list[Finding]]) -> list[Finding]:
        """What a rule says; nothing, counted and logged, where it fails."""
        try:
            return run()
        except Exception:  # noqa: BLE001  # whatever was said, the meeting goes on
            self.faults[rule] += 1
            _log.exception("the rule for %s failed on a sentence; the meeting goes on", rule)
            return []

    def _question(self, said: Utterance, read: Reading) -> list[Finding]:
        points, cues = question(said)
        if points < QUESTION:
            return []
        finding = replace(
            _finding("question", said, points, cues),
            matter=f"asked {said.segment.id} {said.segment.start:.2f}",
        )
        self._questions.append(
            _Open(said, finding, points, cues, asked=asked(read), until=self._until)
        )
        return [finding]

    def _answered(self, said: Utterance, read: Reading) -> list[Finding]:
        """Questions that this answers, or leaves open for good reason."""
        segment = said.segment
        while self._questions and self._questions[0].until + LATER < segment.start:
            self._questions.popleft()
        changed: list[Finding] = []
        for each in list(self._questions):
            if each.asked is None or not near(
                said, each.said, each.until, open_still=bool(each.left_open)
            ):
                continue
            if each.left_open:
                if not answers_late(read, each.asked, each.left_open):
                    continue
            elif why := leaves_open(read, each.asked):
                each.left_open = why
                if why == "put off":
                    each.finding = replace(
                        each.finding, deferred_to=self.names.speaker(segment.participant)
                    )
                    changed.append(each.finding)
                continue
            self._questions.remove(each)
            answer = Answer(by=segment.participant, at=segment.start, segment=segment.id)
            changed.append(replace(each.finding, answered=answer, deferred_to=None))
        return changed

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
        owner = self.names.speaker(said.segment.participant) if _SELF.search(said.plain) else None
        return [replace(finding, assignee=owner, deadline=due.date if due else None)]

    def _decision(self, said: Utterance, *, told: bool) -> list[Finding]:
        points, cues = decision(said, self._floor)
        if points <= 0 or told or self._matters.spoke or idle(said.plain):
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
            if own.participant == segment.participant or claim.assents == MOST_ASSENTS:
                continue
            if segment.start < own.end + ASSENT_WITHIN:
                claim.assents += 1
                claim.score, claim.found = assented(claim.score, claim.found)
                if claim.score >= DECISION:
                    settled.append(_finding("decision", claim.said, claim.score, claim.found))
        return settled


def _finding(kind: Kind, said: Utterance, points: float, found: Iterable[Cue]) -> Finding:
    base, slope, cap = _BELIEF[kind]
    segment = said.segment
    return Finding(
        type=kind,
        text=phrase(segment.text),
        quote=segment.text,
        speaker=segment.participant,
        start=segment.start,
        segments=(segment.id,),
        confidence=round(min(cap, base + slope * points), 2),
        reasons=tuple(each.reason for each in found),
    )
