"""What was found so far: one highlight, one id, for life."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from v100_ai.events.highlights import (
    Change,
    Highlight,
    HighlightCreated,
    HighlightUpdated,
    Status,
)
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.model import Answer, Finding
from v100_ai.highlights.similarity import alike, content

# Said again within this many seconds in nearly these words, it is the same highlight.
REPEAT_SECONDS = 600.0
REPEAT_LIKENESS = 0.8
# A question waits this long for an answer before it competes for the reader's attention.
HOLD_SECONDS = 30.0
# An unanswered question is worth more to a reader than one already settled.
_UNANSWERED_WORTH = 0.1


@dataclass(slots=True)
class _Held:
    finding: Finding
    status: Status
    since: float


@dataclass(slots=True)
class Ledger:
    """Turns findings into highlights. Without a governor everything found is shown."""

    governor: Governor | None = None
    highlights: dict[str, Highlight] = field(default_factory=dict[str, Highlight])
    _by_segment: dict[tuple[str, str], list[str]] = field(
        default_factory=dict[tuple[str, str], list[str]]
    )
    _recent: deque[tuple[str, frozenset[str]]] = field(
        default_factory=lambda: deque[tuple[str, frozenset[str]]](maxlen=200)
    )
    _held: dict[str, _Held] = field(default_factory=dict[str, _Held])
    _fresh: dict[str, Finding] = field(default_factory=dict[str, Finding])
    _matters: dict[str, str] = field(default_factory=dict[str, str])
    _owned: set[str] = field(default_factory=set[str])
    _count: int = 0

    def record(self, findings: Iterable[Finding], now: float, status: Status) -> list[Change]:
        """What readers are told of these findings, `now` seconds into the meeting."""
        changes = self.release(now)
        for finding in findings:
            changes += self._one(finding, now, status)
        return changes

    def release(self, now: float) -> list[Change]:
        """The questions held back long enough, judged now."""
        changes: list[Change] = []
        for key, held in list(self._held.items()):
            if now - held.since < HOLD_SECONDS:
                break
            del self._held[key]
            self._fresh.pop(key, None)
            known = self.find(held.finding)
            changes += (
                self._admit(held.finding, now, held.status)
                if known is None
                else self.update(known.id, held.finding, _later(known.status, held.status))
            )
        return changes

    def close(self, now: float) -> list[Change]:
        """The meeting is over: everything held is judged."""
        return self.release(now + HOLD_SECONDS)

    def find(self, finding: Finding) -> Highlight | None:  # noqa: C901  # one case a way to be the same
        """The highlight that a finding speaks of: its matter, same evidence, or nearly the same words lately."""
        if finding.matter in self._matters:
            return self.highlights[self._matters[finding.matter]]
        if finding.matter and finding.retracted:
            return None
        for segment in finding.segments:
            for id_ in self._by_segment.get((finding.type, segment), ()):
                if _one_matter(finding, self.highlights[id_]) and not self._other(finding, id_):
                    return self.highlights[id_]
        words = content(finding.text)
        for id_, other in reversed(self._recent):
            highlight = self.highlights[id_]
            if finding.start - highlight.start > REPEAT_SECONDS:
                break
            same = highlight.type == finding.type and highlight.status != "retracted"
            if same and _compatible(finding, highlight) and alike(words, other) >= REPEAT_LIKENESS:
                return highlight
        return None

    def _other(self, finding: Finding, id_: str) -> bool:
        """Whether that highlight is known to be of another matter."""
        return bool(finding.matter) and id_ in self._owned

    def _own(self, finding: Finding, id_: str) -> None:
        if finding.matter:
            self._matters[finding.matter] = id_
            self._owned.add(id_)

    def recognise(self, finding: Finding) -> None:
        """Which of the highlights that were taken up again a finding speaks of."""
        known = self.find(finding)
        if known is not None:
            self._own(finding, known.id)

    def update(self, id: str, finding: Finding, status: Status) -> list[Change]:  # noqa: A002
        """Rewrite a highlight under its id; what the finding leaves open stays as it was."""
        old = self.highlights[id]
        if old.status == "retracted":
            return []
        self._own(finding, id)
        if finding.retracted:
            return self._put(replace(old, status="retracted"))
        return self._put(_merged(old, finding, status))

    def amend(
        self,
        id: str,  # noqa: A002
        *,
        text: str | None,
        assignee: str | None,
        deadline: date | None,
        answered: Answer | None,
        segment: str | None,
    ) -> list[Change]:
        """What became known later; None leaves a field as it was. Whoever amends also confirms."""
        old = self.highlights[id]
        if old.status == "retracted":
            return []
        segments = old.segments if segment is None else (*old.segments, segment)
        return self._put(
            replace(
                old,
                text=text or old.text,
                assignee=assignee or old.assignee,
                deadline=deadline or old.deadline,
                answered=old.answered or answered,
                deferred_to=None if answered else old.deferred_to,
                segments=tuple(dict.fromkeys(segments)),
                status="confirmed",
            )
        )

    def settle(self, id: str, status: Status) -> list[Change]:  # noqa: A002
        """Confirm or retract a highlight as it stands."""
        old = self.highlights[id]
        return [] if old.status == "retracted" else self._put(replace(old, status=status))

    def fresh(self) -> tuple[Finding, ...]:
        """What was newly held back, or changed while held, since this was last asked."""
        fresh, self._fresh = self._fresh, {}
        return tuple(fresh.values())

    def hold(self, finding: Finding, since: float, status: Status = "confirmed") -> None:
        """Keep a question back, for an answer or for its turn."""
        if self.find(finding) is not None:
            return
        key = finding.segments[0]
        since = self._held[key].since if key in self._held else since
        self._held[key] = _Held(finding, status, since)
        self._fresh[key] = finding

    def restore(self, highlights: Iterable[Highlight], now: float) -> None:
        """Take up where an earlier run stopped: states in the order they came."""
        for highlight in highlights:
            if highlight.id not in self.highlights and self.governor is not None:
                self.governor.charge(highlight.type, now)
            self._index(highlight)
            self._count = max(self._count, int(highlight.id.removeprefix("h")))

    def _one(self, finding: Finding, now: float, status: Status) -> list[Change]:
        known = self.find(finding)
        if known is not None:
            return self.update(known.id, finding, _later(known.status, status))
        if finding.retracted:
            self._held.pop(finding.segments[0], None)
            return []
        if self.governor is None:
            return self._create(finding, status)
        if finding.type != "question":
            return self._admit(finding, now, status)
        self.hold(finding, now, status)
        return []

    def _admit(self, finding: Finding, now: float, status: Status) -> list[Change]:
        unanswered = finding.type == "question" and finding.answered is None
        worth = _UNANSWERED_WORTH if unanswered else 0.0
        if self.governor is not None and not self.governor.admits(finding, now, worth=worth):
            return []
        return self._create(finding, status)

    def _create(self, finding: Finding, status: Status) -> list[Change]:
        self._count += 1
        highlight = Highlight(
            id=f"h{self._count}",
            type=finding.type,
            text=finding.text,
            assignee=finding.assignee,
            deadline=finding.deadline,
            start=finding.start,
            confidence=finding.confidence,
            status=status,
            segments=finding.segments,
            quote=finding.quote,
            speaker=finding.speaker,
            answered=finding.answered,
            deferred_to=finding.deferred_to,
        )
        self._own(finding, highlight.id)
        self._index(highlight)
        return [HighlightCreated(highlight=highlight)]

    def _put(self, highlight: Highlight) -> list[Change]:
        if highlight == self.highlights[highlight.id]:
            return []
        self._index(highlight)
        return [HighlightUpdated(highlight=highlight)]

    def _index(self, highlight: Highlight) -> None:
        if highlight.id not in self.highlights:
            self._recent.append((highlight.id, content(highlight.text)))
        self.highlights[highlight.id] = highlight
        for segment in highlight.segments:
            known = self._by_segment.setdefault((highlight.type, segment), [])
            if highlight.id not in known:
                known.append(highlight.id)


def _one_matter(finding: Finding, highlight: Highlight) -> bool:
    """One utterance may hold two pieces of work; a guess at it is replaced by whichever comes first."""
    if highlight.status == "provisional" or highlight.quote in finding.quote:
        return True
    return finding.quote in highlight.quote and _compatible(finding, highlight)


def _compatible(finding: Finding, highlight: Highlight) -> bool:
    """Two owners or two days make two pieces of work, however alike their words."""
    return _agree(finding.assignee, highlight.assignee) and _agree(
        finding.deadline, highlight.deadline
    )


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _later(old: Status, new: Status) -> Status:
    """A provisional voice does not take back a confirmation."""
    return old if new == "provisional" else new


def _merged(old: Highlight, finding: Finding, status: Status) -> Highlight:
    segments = tuple(dict.fromkeys((*old.segments, *finding.segments)))
    if finding.matter:  # it says how the matter stands now, not what else is known of it
        return replace(
            old, text=finding.text, quote=finding.quote, assignee=finding.assignee, deadline=finding.deadline,
            confidence=finding.confidence, answered=finding.answered, deferred_to=finding.deferred_to,
            segments=segments, status=status,
        )  # fmt: skip
    answered = old.answered or finding.answered
    rewritten = finding.confidence >= old.confidence or status != old.status
    return replace(
        old,
        text=finding.text if rewritten and finding.segments[0] in old.segments else old.text,
        quote=finding.quote if rewritten and finding.segments[0] in old.segments else old.quote,
        assignee=finding.assignee or old.assignee,
        deadline=finding.deadline or old.deadline,
        confidence=finding.confidence
        if status != old.status
        else max(old.confidence, finding.confidence),
        answered=answered,
        deferred_to=None if answered else finding.deferred_to or old.deferred_to,
        segments=segments,
        status=status,
    )
