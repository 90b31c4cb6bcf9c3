"""One meeting's highlights: what is heard, what is closed, what is settled. No clock, no I/O but the log."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from v100_ai.events.highlights import (
    ActionNotified,
    Change,
    HighlightUpdated,
    Status,
    SummaryUpdated,
)
from v100_ai.events.session import SessionNotice
from v100_ai.highlights.absence import Absences
from v100_ai.highlights.claude.prompt import EARLIER_SECONDS, Context
from v100_ai.highlights.claude.verdict import Update, Verdict
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.journal import Log
from v100_ai.highlights.ledger import HOLD_SECONDS, Ledger
from v100_ai.highlights.model import Finding, Kind, Segment
from v100_ai.highlights.record import Heard, Record, Settled, read, states, written
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.settlement import Settlements, Settler
from v100_ai.highlights.summary import summarise
from v100_ai.highlights.window import Batch, Window

Event = Change | SummaryUpdated | ActionNotified | SessionNotice

_NOT_UNDERSTOOD = "The rules understand English only, and this talk does not seem to be: expect no highlights of theirs."

# What the rules say with this much confidence goes out before Claude has seen it.
PROVISIONAL: dict[Kind, float] = {"action_item": 0.5, "decision": 0.4}
# A batch of fewer words than this, in which the rules found nothing, is not worth a question.
FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing heard led to: events for everybody, batches for the judge."""

    events: tuple[Event, ...] = ()
    batches: tuple[Batch, ...] = ()


@dataclass(slots=True)
class Meeting:
    """Every final segment is settled exactly once. `judged`: Claude is asked, the rules stand by.

    Times are seconds into the meeting; they are the caller's.
    """

    rules: Rules
    judged: bool
    log: Log
    governor: Governor | None = field(default_factory=Governor)
    window: Window = field(default_factory=Window)
    settlements: Settlements = field(default_factory=Settlements)
    summary: str = ""
    present: set[str] = field(default_factory=set[str])
    ledger: Ledger = field(init=False)
    _absences: Absences = field(init=False)
    _waiting: list[tuple[int, Finding]] = field(default_factory=list[tuple[int, Finding]])
    _lately: list[Segment] = field(default_factory=list[Segment])
    _told_language: bool = False
    _told_back: int = 0

    def __post_init__(self) -> None:
        self.ledger = Ledger(governor=self.governor)
        self._absences = Absences(self.roster)

    @property
    def roster(self) -> Roster:
        """Everybody invited."""
        return self.rules.roster

    def hear(self, segment: Segment, now: float) -> Step:
        """A final segment. One that was heard before changes nothing, unless its words or speaker do."""
        if not self.settlements.accept(segment):
            return self._revised(segment, now)
        self._join(segment)
        number = self.settlements.heard - 1
        changes = self._record(self._immediate(self.rules.push(segment), number), now)
        held = self.ledger.fresh()
        self._log(Heard(segment=segment, now=now, highlights=states(changes), held=held))
        step = self._step(changes, self.window.push(segment, now), now)
        return Step((*self._notices(now), *step.events), step.batches)

    def _revised(self, segment: Segment, now: float) -> Step:
        """The same segment in other words: what rested on the old ones is judged again, under its id."""
        if not self.settlements.revise(segment):
            return Step()
        rested = [
            each
            for each in self.ledger.highlights.values()
            if each.status != "retracted" and each.segments[0] == segment.id
        ]
        self.rules.forget(segment.id)
        self._lately = [segment if each.id == segment.id else each for each in self._lately]
        changes: list[Change] = []
        for finding in self.rules.push(segment):
            old = next((each for each in rested if each.type == finding.type), None)
            if old is None or self.ledger.find(finding) not in {None, old}:
                changes += self._record([finding], now)
            else:
                rested.remove(old)
                changes += self.ledger.update(old.id, finding, "confirmed")
        for old in rested:
            changes += self.ledger.settle(old.id, "retracted")
        held = self.ledger.fresh()
        self._log(Heard(segment=segment, now=now, highlights=states(changes), held=held))
        return Step(self._events(changes))

    def _notices(self, now: float) -> tuple[Event, ...]:
        """That the rules do not understand, said once; Claude does."""
        if self._told_language or self.judged or not self.rules.foreign:
            return ()
        self._told_language = True
        return (SessionNotice(at=now, code="language_not_understood", detail=_NOT_UNDERSTOOD),)

    def tick(self, now: float) -> Step:
        """Time has passed; nobody needs to have spoken."""
        return self._step([], self.window.tick(now), now)

    def finish(self, now: float) -> Step:
        """No more will be said. What is closed here still goes to the judge."""
        return self._step([], self.window.flush(now), now)

    def close(self, now: float) -> tuple[Event, ...]:
        """Everything is settled: what was held back is judged."""
        first = self.settlements.settled
        events = self._events(self._logged(self.ledger.close(now), first, now))
        summary = self.summarised()
        return events or ((summary,) if summary.held_back != self._told_back else ())

    def context(self, batch: Batch) -> Context:
        """What the judge needs to know for this batch."""
        begun = batch.segments[0].start
        earlier = [each for each in self._lately if begun - EARLIER_SECONDS <= each.start < begun]
        standing = [each for each in self.ledger.highlights.values() if each.status != "retracted"]
        ids = {segment.id for segment in batch.segments}
        return Context(
            roster=self.roster,
            present=frozenset(self.present),
            summary=self.summary,
            open_questions=[e for e in standing if e.type == "question" and e.answered is None],
            noted=[e for e in standing if e.type != "question" or e.answered is not None],
            earlier=[each for each in earlier if each.id not in ids],
        )

    def trivial(self, batch: Batch) -> bool:
        """Whether there is nothing in it to ask about."""
        words = sum(len(segment.text.split()) for segment in batch.segments)
        found = any(batch.first <= number <= batch.last for number, _ in self._waiting)
        return words < FEWEST_WORDS and not found and not self._provisional(batch)

    def settle(self, batch: Batch, verdict: Verdict | None, now: float) -> tuple[Event, ...]:
        """Close the batch by Claude's verdict, or by the rules when there is none."""
        mine = [finding for number, finding in self._waiting if batch.first <= number <= batch.last]
        by: Settler = "rules" if verdict is None else "claude"
        if verdict is None and self.judged and self.trivial(batch):
            by = "dropped"
        changes = (
            self.ledger.record(mine, now, "confirmed")
            if verdict is None
            else self._believe(verdict, mine, now)
        )
        for id_ in self._provisional(batch):
            changes += self.ledger.settle(id_, "confirmed")
        self.settlements.settle(batch.first, batch.last, by)
        self._waiting = [each for each in self._waiting if each[0] > batch.last]
        return self._events(self._logged(changes, batch.first, now, last=batch.last, by=by))

    def resume(self, entries: Iterable[dict[str, Any]]) -> Step:  # noqa: C901  # one case a record
        """Take up an earlier run from its log: nothing is lost, nothing is said twice."""
        held: dict[str, tuple[float, Finding]] = {}
        now = 0.0
        for entry in entries:
            record = read(entry)
            now = max(now, record.now)
            if self.governor is not None:
                self.governor.held_back = Counter(entry.get("held_back", {}))
                if record.highlights:
                    self._told_back = self.governor.held_back.total()
            self.ledger.restore(record.highlights, record.now)
            for finding in record.held:
                # One that changes while it is held waits no longer for that.
                since, _ = held.get(finding.segments[0], (record.now, finding))
                again = record.now - since >= HOLD_SECONDS
                held[finding.segments[0]] = (record.now if again else since, finding)
            if isinstance(record, Heard):
                new = self.settlements.accept(record.segment)
                if not new:
                    self.settlements.revise(record.segment)
                    self.rules.forget(record.segment.id)
                self._join(record.segment)
                findings = self.rules.push(record.segment)
                for finding in findings:
                    self.ledger.recognise(finding)
                if new:
                    self._immediate(findings, self.settlements.heard - 1)
            elif record.last >= record.first:
                self.settlements.settle(record.first, record.last, record.by)
                self.summary = record.summary
            for highlight in record.highlights:
                self._absences.decide(HighlightUpdated(highlight=highlight), self.present)
        self._told_language = self.rules.foreign
        self._waiting = [each for each in self._waiting if each[0] >= self.settlements.settled]
        for since, finding in held.values():
            if now - since < HOLD_SECONDS:
                self.ledger.hold(finding, since)
        self.window.resume(self.settlements.settled)
        batches = [b for segment in self.settlements.open for b in self.window.push(segment, now)]
        return self._step([], batches, now)

    def _join(self, segment: Segment) -> None:
        self.present.add(self.roster.speaker(segment.participant))
        self._lately = [
            each for each in self._lately if each.start > segment.start - 2 * EARLIER_SECONDS
        ]
        self._lately.append(segment)

    def _immediate(self, findings: list[Finding], number: int) -> list[Finding]:
        """What goes out at once; with a judge, the rest waits for its batch."""
        if not self.judged:
            return findings
        sure = [f for f in findings if f.confidence >= PROVISIONAL.get(f.type, 1.0)]
        self._waiting += [(number, f) for f in findings if f not in sure]
        return sure

    def _record(self, findings: list[Finding], now: float) -> list[Change]:
        status: Status = "provisional" if self.judged else "confirmed"
        return self.ledger.record(findings, now, status)

    def _provisional(self, batch: Batch) -> list[str]:
        ids = {segment.id for segment in batch.segments}
        return [
            each.id
            for each in self.ledger.highlights.values()
            if each.status == "provisional" and not ids.isdisjoint(each.segments)
        ]

    def _believe(self, verdict: Verdict, mine: list[Finding], now: float) -> list[Change]:
        """Claude's word; of the rules' own, only answers to questions that are listed."""
        self.summary = verdict.summary
        kinds = self.rules.kinds
        findings = [finding for finding in verdict.findings if finding.type in kinds]
        changes = [
            change
            for update in verdict.updates
            if not self._replaced(update, findings)
            for change in self._apply(update)
        ]
        changes += self.ledger.record(findings, now, "confirmed")
        answered = [f for f in mine if f.answered is not None and self.ledger.find(f) is not None]
        return changes + self.ledger.record(answered, now, "provisional")

    def _replaced(self, update: Update, findings: list[Finding]) -> bool:
        """Taken back and found anew in the same breath is a rewrite: it keeps its id."""
        old = self.ledger.highlights[update.id]
        return (
            update.action == "retract"
            and old.status == "provisional"
            and any(
                f.type == old.type and not set(f.segments).isdisjoint(old.segments)
                for f in findings
            )
        )

    def _apply(self, update: Update) -> list[Change]:
        if update.action == "confirm":
            return self.ledger.settle(update.id, "confirmed")
        if update.action == "retract":
            return self.ledger.settle(update.id, "retracted")
        return self.ledger.amend(
            update.id,
            text=update.text,
            assignee=update.assignee,
            deadline=update.deadline,
            answered=update.answered,
            segment=update.segment,
        )

    def _logged(
        self,
        changes: list[Change],
        first: int,
        now: float,
        *,
        last: int | None = None,
        by: Settler = "rules",
    ) -> list[Change]:
        """Changes belong to nobody before they are in the log; a range ending before it begins settles none."""
        end = first - 1 if last is None else last
        record = Settled(
            first=first, last=end, by=by, now=now, summary=self.summary,
            highlights=states(changes), held=self.ledger.fresh(),
        )  # fmt: skip
        self._log(record)
        return changes

    def _step(self, changes: list[Change], batches: list[Batch], now: float) -> Step:
        """Without a judge the rules settle each batch as it closes."""
        events = self._events(changes)
        if self.judged:
            return Step(events, tuple(batches))
        for batch in batches:
            events += self.settle(batch, None, now)
        return Step(events)

    def _events(self, changes: list[Change]) -> tuple[Event, ...]:
        if not changes:
            return ()
        told = [self._absences.decide(change, self.present) for change in changes]
        summary = self.summarised()
        self._told_back = summary.held_back
        return (*changes, *(each for each in told if each is not None), summary)

    def _log(self, record: Record) -> None:
        back = self.governor.held_back if self.governor else {}
        self.log.append(written(record) | ({"held_back": dict(back)} if back else {}))

    def summarised(self) -> SummaryUpdated:
        """The meeting so far, with what the budget holds back."""
        back = self.governor.held_back.total() if self.governor else 0
        return summarise(self.ledger.highlights.values(), self.summary, held_back=back)
