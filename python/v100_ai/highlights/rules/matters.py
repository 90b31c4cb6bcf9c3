"""Pieces of work over the turns of a meeting: asked, taken on, handed over, moved to another day, taken back."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.matter import Matter, answers, mostly, shares, stems, with_said
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.reading import Reading
from v100_ai.highlights.rules.replies import assents, corrects, done, refuses, takes, withdraws
from v100_ai.highlights.rules.standing import ENOUGH, agreed
from v100_ai.highlights.rules.turns import (
    DAY_ONLY,
    MOMENT,
    MOVES,
    MUST,
    NOT_MUST,
    THANKS,
    WILLING,
)
from v100_ai.highlights.rules.work import Work, work
from v100_ai.highlights.rules.work_list import WorkList

# What was asked for waits this long to be taken on, in seconds.
_OPEN_SECONDS = 25.0
_LATELY_TURNS = 4
_SHORT_TURN = 12


@dataclass(slots=True)
class Matters(WorkList):
    """What is to be done so far, and what each sentence does to it."""

    spoke: bool = False
    _before: deque[tuple[Reading, int]] = field(
        default_factory=lambda: deque[tuple[Reading, int]](maxlen=6)
    )

    def hear(self, said: Reading) -> list[Finding]:
        """What this sentence changes or begins; `spoke` tells whether it was about work at all."""
        self._sentences, self.spoke = self._sentences + 1, False
        pieces = work(said)
        changed = self._taken_back(said, pieces)
        if changed is None:
            changed = self._reassigned(said, pieces)
        if changed is None:
            changed = self._moved(said, pieces)
        if changed is None:
            changed = self._taken(said, pieces)
        new = [] if changed is not None else [*self._replied(said, pieces)]
        if changed is None and not new:
            new = [*self._begun(said, pieces)]
        self._before.append((said, self._sentences))
        found = new if changed is None else changed
        self.spoke = bool(found) or changed is not None or self._waits_from_here()
        return found

    def _waits_from_here(self) -> bool:
        return any(each.said == self._sentences for each in self._matters)

    def _about(self, said: Reading, matters: list[Matter]) -> Matter | None:
        """The one that this sentence shares words with, else the newest."""
        words = stems(said.segment.text)
        shared = [each for each in matters if words & each.words]
        return next(iter(shared or matters), None)

    def _taken_back(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:
        back, over = withdraws(said), done(said)
        if not back and not over:
            return None
        speaker = said.segment.participant
        matters = [*self._recent(said)]
        if over and not back:
            matters = [
                each
                for each in matters
                if (each.act != "commits" and each.asker != speaker) or each.open
            ]
        if back:
            # Who gives no reason to think of something else speaks of what somebody just promised.
            matters = [each for each in matters if each.told or each.open]
        if (
            any(
                piece.worth >= ENOUGH and piece.act in {"commits", "assigns"} and not piece.pronoun
                for piece in pieces
            )
            and over
        ):
            return None
        matter = self._about(said, matters)
        if matter is None:
            return None
        if (
            over
            and not back
            and stems(said.segment.text)
            and not stems(said.segment.text) & matter.words
            and len(said.words) > _SHORT_TURN
        ):
            return None
        return self._close(matter, said)

    def _close(self, matter: Matter, said: Reading) -> list[Finding]:
        matter.over, matter.open = True, False
        if not matter.told:
            return []
        matter.finding = replace(matter.finding, retracted=True, segments=with_said(matter, said))
        return [matter.finding]

    def _reassigned(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:
        """Somebody else does it: "no wait, Carol will do it", "I can do the windows instead"."""
        for piece in reversed(pieces):
            owner = self._owner(said, piece)
            if owner is not None and any(
                each.finding.assignee == owner for each in islice(self._recent(said), 1)
            ):
                return None
            if owner is None or piece.act not in {"commits", "assigns", "asks"}:
                continue
            for matter in self._recent(said):
                if not matter.told or matter.finding.assignee in {None, owner}:
                    continue
                before = said.flat[: piece.begin] if piece.begin else said.flat
                same = piece.pronoun or takes(said) or shares(piece, said, matter)
                offered = takes(said) or corrects(said) or piece.act == "assigns"
                earlier = matter.said == self._sentences
                if (
                    same
                    and offered
                    and not earlier
                    and not said.asks
                    and (
                        piece.pronoun
                        or takes(said)
                        or corrects(said)
                        or "instead" in before
                        or mostly(piece, said, matter)
                    )
                ):
                    return [self._hand(matter, said, owner)]
        return None

    def _moved(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:  # noqa: C901, PLR0911  # one case a turn
        """Another day for it: "make it Monday", "sorry, no, by Friday"."""
        due = None if MOMENT.search(said.segment.text) else self._due(said, said.segment.text)
        if due is None or any(
            not piece.pronoun
            and piece.worth >= ENOUGH
            and "done" not in piece.about
            and "ready" not in piece.about
            and "finished" not in piece.about
            for piece in pieces
            if piece.act != "passive"
        ):
            return None
        short = len(said.words) <= DAY_ONLY or (assents(said) and len(said.words) <= 2 * DAY_ONLY)
        if not (short or MOVES.search(said.flat)):
            return None
        for matter in self._recent(said):
            if not (matter.told or matter.open) or matter.said == self._sentences:
                continue
            if matter.finding.deadline == due:
                return []
            if matter.dated and not short and not MOVES.search(said.flat):
                return None
            matter.touched, matter.dated = said.segment.start, True
            if said.asks and said.segment.participant != matter.finding.assignee and matter.told:
                matter.moved = due
                return []
            matter.finding = replace(matter.finding, deadline=due, segments=with_said(matter, said))
            if matter.open and said.segment.participant != matter.asker:
                return [*self._agreed(matter, said, due)]
            return [matter.finding] if matter.told else []
        return None

    def _taken(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:  # noqa: C901  # one case a turn
        """The speaker takes on what was asked for, or what only had to be done."""
        speaker = said.segment.participant
        owner = self.names.speaker(speaker)
        if not takes(said) or (MUST.search(said.flat) and not pieces):
            return None
        own = [
            piece
            for piece in pieces
            if piece.act == "commits" and not piece.pronoun and piece.worth >= ENOUGH
        ]
        if own:
            return None
        for matter in self._recent(said):
            if matter.asker != speaker and (matter.open or matter.finding.assignee is None):
                return [*self._agreed(matter, said, self._due(said, said.segment.text))]
            if matter.told and matter.finding.assignee == owner:
                return []
        for earlier, number in reversed(self._before):
            if (
                self._sentences - number > _LATELY_TURNS
                or said.segment.start - earlier.segment.end > _OPEN_SECONDS
            ):
                break
            if (
                earlier.segment.participant != speaker
                and MUST.search(earlier.flat)
                and not NOT_MUST.search(earlier.flat)
                and not (earlier.asks and "who" not in earlier.vocabulary)
            ):
                matter = self._matter(
                    earlier,
                    None,
                    "lacks",
                    owner,
                    self._due(earlier, earlier.segment.text),
                    asked=False,
                )
                return [*self._agreed(matter, said, self._due(said, said.segment.text))]
        return None

    def _replied(self, said: Reading, pieces: list[Work]) -> Iterator[Finding]:
        """What an answer makes of work that waits for one."""
        speaker = said.segment.participant
        for matter in self._recent(said, _OPEN_SECONDS):
            if matter.moved is not None and assents(said):
                matter.finding = replace(
                    matter.finding, deadline=matter.moved, segments=with_said(matter, said)
                )
                matter.moved = None
                yield matter.finding
                return
            if matter.asker == speaker:
                continue
            if refuses(said) and (
                matter.open
                or (matter.act == "asks" and matter.listener in {None, self.names.speaker(speaker)})
            ):
                if matter.open:
                    matter.open, matter.over = False, True
                return
            commits = [
                piece for piece in pieces if piece.act == "commits" and "self" in piece.owners
            ]
            me = self.names.speaker(speaker)
            mine = matter.listener is None or matter.listener == me
            if (
                mine
                and matter.act in {"asks", "seeks", "lacks"}
                and (matter.open or not matter.touched > matter.finding.start)
                and (
                    (
                        commits
                        and (matter.open or matter.finding.assignee in {None, me})
                        and answers(commits, said, matter)
                    )
                    or (
                        assents(said)
                        and matter.act == "asks"
                        and matter.open
                        and (matter.listener is not None or WILLING.search(said.flat))
                    )
                )
            ):
                yield from self._agreed(matter, said, self._due(said, said.segment.text))
                return
            if (
                matter.act in {"commits", "passive", "assigns", "lacks"}
                and matter.open
                and (assents(said) or THANKS.search(said.flat))
                and not commits
            ):
                yield from self._agreed(matter, said, None, keep=True)
                return

    def _agreed(
        self, matter: Matter, said: Reading, due: date | None, *, keep: bool = False
    ) -> Iterator[Finding]:
        """It is taken on: told now, if it was not."""
        me = self.names.speaker(said.segment.participant)
        told = matter.told
        if (
            matter.act == "seeks"
            and not told
            and any(
                piece.act == "commits" and piece.about and not piece.pronoun for piece in work(said)
            )
        ):
            written = said.segment.text
            matter.finding = replace(
                matter.finding,
                text=phrase(written),
                quote=written,
                speaker=said.segment.participant,
            )
        matter.open, matter.touched = False, said.segment.start
        owner = (
            matter.finding.assignee
            if keep
            else (
                me if matter.listener is None or matter.listener == me else matter.finding.assignee
            )
        )
        matter.told = True
        before = matter.finding
        matter.finding = replace(
            before,
            assignee=owner,
            deadline=due or before.deadline,
            segments=with_said(matter, said),
            confidence=before.confidence if told else agreed(before.confidence),
        )
        if matter.finding != before or not told:
            yield matter.finding
