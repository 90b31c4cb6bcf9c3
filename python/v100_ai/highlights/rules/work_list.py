"""The pieces of work of a meeting as they are begun: who shall do each, by when, and whether it is told yet."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.matter import WHY, Matter, mostly, stems, with_said
from v100_ai.highlights.rules.names import Names
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.reading import Reading
from v100_ai.highlights.rules.replies import corrects, refuses
from v100_ai.highlights.rules.standing import BASE, belief, standing
from v100_ai.highlights.rules.turns import PRONOUNS, PUT_RIGHT, TODAY_ONLY
from v100_ai.highlights.rules.work import Work

# How long a turn can still speak of a piece of work without naming it, in seconds and in sentences.
LATELY_SECONDS = 40.0
_LATELY_SENTENCES = 9
_MOST = 40
# The same person promising the same thing again within this time, in seconds, promises it once.
_AGAIN_SECONDS = 240.0
_DELIVERS = "you will "


@dataclass(slots=True)
class WorkList:
    """What is to be done so far. Every change of a matter is told under its own name."""

    names: Names
    calendar: Calendar | None
    _matters: deque[Matter] = field(default_factory=lambda: deque[Matter](maxlen=_MOST))
    _count: int = 0
    _sentences: int = 0

    def forget(self, segment: str) -> None:
        """Nothing rests on this segment any more."""
        for matter in self._matters:
            matter.over |= matter.finding.segments[0] == segment

    def _recent(self, said: Reading, seconds: float = LATELY_SECONDS) -> Iterator[Matter]:
        """The matters still spoken of, newest first."""
        now = said.segment.start
        for matter in reversed(self._matters):
            close = (
                self._sentences - matter.said <= _LATELY_SENTENCES
                or now - matter.touched < seconds / 2
            )
            if not matter.over and close and now - matter.touched <= seconds:
                yield matter

    def _hand(self, matter: Matter, said: Reading, owner: str) -> Finding:
        due = self._due(said, said.segment.text)
        matter.touched = said.segment.start
        matter.finding = replace(
            matter.finding,
            assignee=owner,
            deadline=due or matter.finding.deadline,
            segments=with_said(matter, said),
        )
        return matter.finding

    def _begun(self, said: Reading, pieces: list[Work]) -> Iterator[Finding]:  # noqa: C901  # one case a form
        if (
            said.asks
            and pieces
            and all(piece.act in {"commits", "assigns", "passive"} for piece in pieces)
        ):
            pieces = []
        if refuses(said):
            pieces = [piece for piece in pieces if piece.act == "asks"]
        whole = self._due(said, said.segment.text) if pieces else None
        several = len([piece for piece in pieces if piece.worth > 0]) > 1
        # "I'll draft it and then I'll deploy it on Friday": one owner, one day for all of it.
        previous: Work | None = None
        for place, piece in enumerate(pieces):
            if (
                previous is not None
                and piece.pronoun
                and corrects(said)
                and self._matters
                and self._matters[-1].said == self._sentences
            ):
                owner = self._owner(said, piece)
                if owner is not None:
                    yield self._hand(self._matters[-1], said, owner)
                continue
            following = pieces[place + 1] if place + 1 < len(pieces) else None
            if (
                following is not None
                and said.flat[following.begin :].startswith(_DELIVERS)
                and following.verb in PRONOUNS
                and piece.owners == following.owners
            ):
                continue
            delivers = said.flat[piece.begin : piece.end].startswith(_DELIVERS)
            part = (
                said.text(piece.begin, piece.end) if several and not delivers else said.segment.text
            )
            due = self._due(said, part)
            if (
                due is None
                and several
                and whole is not None
                and (
                    TODAY_ONLY.search(said.flat)
                    or (
                        piece is not pieces[-1]
                        and previous is None
                        and len({each.owners for each in pieces}) == 1
                    )
                )
            ):
                due = whole
            finding = self._start(said, piece, part, due)
            if finding is not None:
                yield finding
            previous = piece

    def _start(self, said: Reading, piece: Work, text: str, due: date | None) -> Finding | None:
        speaker = said.segment.participant
        owner = self._owner(said, piece)
        listener = owner if piece.act == "asks" else None
        delivered = (
            piece.act == "commits" and said.flat[piece.begin : piece.end].find(_DELIVERS) >= 0
        )
        if delivered and due is not None:
            for matter in self._recent(said):
                if (
                    matter.asker == speaker
                    and matter.told
                    and matter.finding.deadline is None
                    and (piece.verb in PRONOUNS)
                ):
                    matter.finding = replace(
                        matter.finding, deadline=due, segments=with_said(matter, said)
                    )
                    return matter.finding
        again = self._again(said, piece, owner, due)
        if again is not None:
            return again
        stands = standing(said, piece, owner, due)
        if stands is None:
            return None
        firm, named = stands == "firm", owner is not None and owner != self.names.speaker(speaker)
        matter = self._matter(said, piece, piece.act, owner, due, text=text, listener=listener)
        matter.finding = replace(
            matter.finding,
            confidence=belief(piece, dated=due is not None, named=named),
        )
        matter.open, matter.told = not firm or (piece.act == "asks" and owner is None), firm
        return matter.finding if firm else None

    def _again(
        self, said: Reading, piece: Work, owner: str | None, due: date | None
    ) -> Finding | None:
        """The same promise again: the same matter, perhaps with a day now."""
        for matter in reversed(self._matters):
            if (
                matter.over
                or said.segment.start - matter.touched > _AGAIN_SECONDS
                or not matter.told
            ):
                continue
            if (
                matter.finding.assignee == owner
                and owner is not None
                and matter.said != self._sentences
                and mostly(piece, said, matter)
            ):
                matter.touched = said.segment.start
                matter.finding = replace(
                    matter.finding,
                    deadline=due or matter.finding.deadline,
                    segments=with_said(matter, said),
                )
                return matter.finding
        return None

    def _matter(
        self, said: Reading, piece: Work | None, act: str, owner: str | None, due: date | None, *,
        text: str | None = None, listener: str | None = None, asked: bool = True,
    ) -> Matter:  # fmt: skip
        self._count += 1
        segment = said.segment
        written = text or segment.text
        matter = Matter(
            finding=Finding(
                type="action_item", text=phrase(written), quote=written, speaker=segment.participant, start=segment.start,
                segments=(segment.id,), confidence=BASE, assignee=owner, deadline=due,
                reasons=(WHY[act],), matter=f"work {self._count}",
            ),
            act=act, said=self._sentences, asker=segment.participant, listener=listener, open=asked, told=False,
            pronoun=piece.pronoun if piece else False, words=stems(written), dated=due is not None, touched=segment.start,
        )  # fmt: skip
        self._matters.append(matter)
        return matter

    def _owner(self, said: Reading, piece: Work) -> str | None:
        names: list[str] = []
        for owner in piece.owners:
            name = (
                self.names.speaker(said.segment.participant) if owner == "self"
                else said.people[int(owner[1:])].name if owner.startswith("@")
                else None
            )  # fmt: skip
            if name is None:
                return None
            names.append(name)
        return " and ".join(dict.fromkeys(names)) or None

    def _due(self, said: Reading, text: str) -> date | None:
        """The day the words name; what puts it right in the same breath counts."""
        if self.calendar is None:
            return None
        parts = PUT_RIGHT.split(text)
        for part in (parts[-1], text) if len(parts) > 1 else (text,):
            found = self.calendar.deadline(part, said.segment.start)
            if found is not None:
                return found.date
        return None
