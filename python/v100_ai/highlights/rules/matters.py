"""Pieces of work over the turns of a meeting: asked, taken on, handed over, moved to another day, taken back."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from dataclasses import dataclass, field, replace
from datetime import date

from v100_ai.highlights.finding import Finding
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.names import Names
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.reading import Reading, compiled
from v100_ai.highlights.rules.replies import assents, corrects, done, refuses, takes, withdraws
from v100_ai.highlights.rules.verbs import plain
from v100_ai.highlights.rules.work import SURE, Work, work
from v100_ai.highlights.similarity import content

# How long a turn can still speak of a piece of work without naming it, in seconds and in sentences.
LATELY_SECONDS = 40.0
_LATELY_SENTENCES = 9
# What was asked for waits this long to be taken on.
_OPEN_SECONDS = 25.0
_MOST = 40
_SHARED_STEM = 5
# The same person promising the same thing again within this time promises it once.
_AGAIN_SECONDS = 240.0

_BASE, _DATED, _NAMED, _AGREED, _CAP = 0.5, 0.12, 0.1, 0.1, 0.85
_ENOUGH_WORTH = 0.9
_WEAK = 0.44

_MOVES = compiled(
    r"\b(?:make it|let us (?:say|make it|do|aim for)|say|push (?:it|that|this)|move (?:it|that|this)|shift (?:it|that|this)|postpone (?:it|that|this)|bring (?:it|that) forward|rather|instead|then$|better|(?:could|can|would|will) (?:you|we|i) (?:do|make|have|get|send|manage) (?:it|that|this|them)"
    r"|(?:have|get|do|finish|send|deliver|need) (?:it|them|that|this|those)|(?:is|would be) (?:fine|okay|enough|better|early enough|good|realistic|soon enough)|works|sorry|actually|no wait|wait|hang on|on second thoughts?|i mean|i can (?:only )?(?:have|do|get|manage) (?:it|them|that|this)|(?:they|it|that|this) (?:needs?|has|have|must) to be|(?:yes|sure|okay|fine|all right|right|good)|no)\b"
)
_DAY_ONLY = 4
_PRONOUNS = frozenset({"it", "them", "that", "this", "those"})
_PUT_RIGHT = re.compile(
    r"\b(?:sorry,? no|no,? sorry|no,? wait|wait,? no|or rather|i mean|make that|correction|scratch that|actually)\b",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"\b(?:minutes?|seconds?|moment|hours?)\b", re.IGNORECASE)
_MUST = compiled(
    r"\b(?:has to|have to|needs to|need to|must|should|still (?:need|open|missing)|nobody has|no one has|who|any volunteers|somebody|someone|anybody|is missing|to be done|not been)\b"
)
_NOT_MUST = compiled(
    r"\b(?:do not have|does not have|not need|it (?:needs|has|must|should)|should|like to|if|look|idea)\b"
)
_THANKS = compiled(
    r"\b(?:thanks|thank you|that would (?:be|help)|you are a star|appreciate|please do|cheers|brilliant|perfect|great|lovely|super)\b"
)
_PRESSING = compiled(
    r"\b(?:before|by|until|still|yet|soon|urgently|this (?:week|month)|next|asap|as soon as)\b"
)
_WILLING = compiled(
    r"\b(?:sure|will do|of course|no problem|no worries|not a problem|gladly|absolutely|definitely|certainly|on it|i (?:will|can)|happy to|my pleasure|you got it|consider it|can do|got it|with pleasure|understood|noted)\b"
)
# Undated, these say what comes next in this very meeting.
_SHOWS = compiled(
    r"\b(?:just|first|quickly|briefly|again|now|here|start with|go (?:through|over|into|round|around|back|on)|come back|present|presentation|powerpoint|board|write (?:it|that|this|them) (?:down|up)|write down|describe|summari[sz]e|review what|the (?:last|previous) meeting|of this meeting|(?:minutes|notes) of|show|explain|list|save|plug|load|draw|read out|point out|mention|introduce)\b"
)
# Undated, and plainly work: it goes to somebody who is not here, or comes back later.
_HANDS_OVER = compiled(
    r"^(?:send|email|mail|forward|upload|ship|deliver|submit|circulate|distribute|book|order|arrange|schedule|organi[sz]e|follow up|get back to|report back|find out|look into|investigate|set up|prepare|draft|write|call|phone|ring|ping|contact|renew|invoice|pay|hire|buy|register|file|notify|remind|chase|check with|speak to|talk to|merge|deploy|publish|release|patch|migrate|refactor|onboard|install|repair|fix|replace|clean up|put together|type up|negotiate)\b"
)
_YOU_DO = compiled(
    r"\b(?:you (?:do|take|handle|have) (?:it|that|this)|over to you|it is yours|all yours|your turn|you go|go ahead then)\b"
)
_TODAY_ONLY = compiled(r"\b(?:both|all(?: of)?(?: (?:it|them|that))?|each|everything)\b")


@dataclass(slots=True)
class _Matter:
    """One piece of work, told or still waiting for somebody to agree."""

    finding: Finding
    act: str
    said: int
    asker: str
    listener: str | None
    open: bool
    told: bool
    pronoun: bool
    words: frozenset[str]
    dated: bool = False
    over: bool = False
    touched: float = 0.0
    moved: date | None = None


@dataclass(slots=True)
class Matters:
    """What is to be done so far. Every change of a matter is told under its own name."""

    names: Names
    calendar: Calendar | None
    spoke: bool = False
    _matters: deque[_Matter] = field(default_factory=lambda: deque[_Matter](maxlen=_MOST))
    _before: deque[tuple[Reading, int]] = field(
        default_factory=lambda: deque[tuple[Reading, int]](maxlen=6)
    )
    _count: int = 0
    _sentences: int = 0

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

    # ---- what a sentence does to what was said before

    def _recent(self, said: Reading, seconds: float = LATELY_SECONDS) -> Iterator[_Matter]:
        """The matters still spoken of, newest first."""
        now = said.segment.start
        for matter in reversed(self._matters):
            close = (
                self._sentences - matter.said <= _LATELY_SENTENCES
                or now - matter.touched < seconds / 2
            )
            if not matter.over and close and now - matter.touched <= seconds:
                yield matter

    def _about(self, said: Reading, matters: list[_Matter]) -> _Matter | None:
        """The one that this sentence shares words with, else the newest."""
        words = _stems(said.segment.text)
        shared = [each for each in matters if words & each.words]
        return (shared or matters or [None])[0]

    def _taken_back(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:
        back, over = withdraws(said), done(said)
        if not back and not over:
            return None
        speaker = said.segment.speaker
        matters = [*self._recent(said)]
        if over and not back:
            matters = [
                each
                for each in matters
                if each.act != "commits" and each.asker != speaker or each.open
            ]
        if back:
            # Who gives no reason to think of something else speaks of what somebody just promised.
            matters = [each for each in matters if each.told or each.open]
        if (
            any(
                piece.worth >= _ENOUGH_WORTH
                and piece.act in {"commits", "assigns"}
                and not piece.pronoun
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
            and _stems(said.segment.text)
            and not _stems(said.segment.text) & matter.words
            and len(said.words) > 12
        ):
            return None
        return self._close(matter, said)

    def _close(self, matter: _Matter, said: Reading) -> list[Finding]:
        matter.over, matter.open = True, False
        if not matter.told:
            return []
        matter.finding = replace(matter.finding, retracted=True, segments=_with(matter, said))
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
                same = piece.pronoun or _shares(piece, said, matter)
                offered = takes(said) or corrects(said) or piece.act == "assigns"
                earlier = matter.said == self._sentences
                if (
                    same
                    and offered
                    and not earlier
                    and not said.asks
                    and (
                        piece.pronoun
                        or corrects(said)
                        or "instead" in before
                        or _most(piece, said, matter)
                    )
                ):
                    return [self._hand(matter, said, owner)]
        return None

    def _hand(self, matter: _Matter, said: Reading, owner: str) -> Finding:
        due = self._due(said, said.segment.text)
        matter.touched = said.segment.start
        matter.finding = replace(
            matter.finding,
            assignee=owner,
            deadline=due or matter.finding.deadline,
            segments=_with(matter, said),
        )
        return matter.finding

    def _moved(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:
        """Another day for it: "make it Monday", "sorry, no, by Friday"."""
        due = None if _MOMENT.search(said.segment.text) else self._due(said, said.segment.text)
        if due is None or any(
            not piece.pronoun
            and piece.worth >= _ENOUGH_WORTH
            and "done" not in piece.about
            and "ready" not in piece.about
            and "finished" not in piece.about
            for piece in pieces
            if piece.act != "passive"
        ):
            return None
        short = len(said.words) <= _DAY_ONLY or (assents(said) and len(said.words) <= 2 * _DAY_ONLY)
        if not (short or _MOVES.search(said.flat)):
            return None
        for matter in self._recent(said):
            if not (matter.told or matter.open) or matter.said == self._sentences:
                continue
            if matter.finding.deadline == due:
                return []
            if matter.dated and not short and not _MOVES.search(said.flat):
                return None
            matter.touched, matter.dated = said.segment.start, True
            if said.asks and said.segment.speaker != matter.finding.assignee and matter.told:
                matter.moved = due
                return []
            matter.finding = replace(matter.finding, deadline=due, segments=_with(matter, said))
            if matter.open and said.segment.speaker != matter.asker:
                return [*self._agreed(matter, said, due)]
            return [matter.finding] if matter.told else []
        return None

    def _taken(self, said: Reading, pieces: list[Work]) -> list[Finding] | None:
        """The speaker takes on what was asked for, or what only had to be done."""
        speaker = said.segment.speaker
        owner = self.names.speaker(speaker)
        if not takes(said) or _MUST.search(said.flat) and not pieces:
            return None
        own = [
            piece
            for piece in pieces
            if piece.act == "commits" and not piece.pronoun and piece.worth >= _ENOUGH_WORTH
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
                self._sentences - number > 4
                or said.segment.start - earlier.segment.end > _OPEN_SECONDS
            ):
                break
            if (
                earlier.segment.speaker != speaker
                and _MUST.search(earlier.flat)
                and not _NOT_MUST.search(earlier.flat)
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
        speaker = said.segment.speaker
        for matter in self._recent(said, _OPEN_SECONDS):
            if matter.asker == speaker:
                continue
            if refuses(said) and (
                matter.open
                or (matter.act == "asks" and matter.listener in {None, self.names.speaker(speaker)})
            ):
                if matter.open:
                    matter.open, matter.over = False, True
                return
            if matter.moved is not None and assents(said):
                matter.finding = replace(
                    matter.finding, deadline=matter.moved, segments=_with(matter, said)
                )
                matter.moved = None
                yield matter.finding
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
                        and _answers(commits, said, matter)
                    )
                    or (
                        assents(said)
                        and matter.act == "asks"
                        and matter.open
                        and (matter.listener is not None or _WILLING.search(said.flat))
                    )
                )
            ):
                yield from self._agreed(matter, said, self._due(said, said.segment.text))
                return
            if (
                matter.act in {"commits", "passive", "assigns", "lacks"}
                and matter.open
                and (assents(said) or _THANKS.search(said.flat))
                and not commits
            ):
                yield from self._agreed(matter, said, None, keep=True)
                return

    def _agreed(
        self, matter: _Matter, said: Reading, due: date | None, *, keep: bool = False
    ) -> Iterator[Finding]:
        """It is taken on: told now, if it was not."""
        me = self.names.speaker(said.segment.speaker)
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
                matter.finding, text=phrase(written), quote=written, speaker=said.segment.speaker
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
            segments=_with(matter, said),
            confidence=round(min(_CAP, before.confidence + (0 if told else _AGREED)), 2),
        )
        if matter.finding != before or not told:
            yield matter.finding

    # ---- what it begins

    def _begun(self, said: Reading, pieces: list[Work]) -> Iterator[Finding]:
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
                and said.flat[following.begin :].startswith("you will ")
                and following.verb in _PRONOUNS
                and piece.owners == following.owners
            ):
                continue
            delivers = said.flat[piece.begin : piece.end].startswith("you will ")
            part = (
                said.text(piece.begin, piece.end) if several and not delivers else said.segment.text
            )
            due = self._due(said, part)
            if (
                due is None
                and several
                and whole is not None
                and (
                    _TODAY_ONLY.search(said.flat)
                    or piece is not pieces[-1]
                    and previous is None
                    and _shared_day(pieces, said)
                )
            ):
                due = whole
            finding = self._start(said, piece, part, due)
            if finding is not None:
                yield finding
            previous = piece

    def _start(self, said: Reading, piece: Work, text: str, due: date | None) -> Finding | None:
        speaker = said.segment.speaker
        owner = self._owner(said, piece)
        listener = owner if piece.act in {"asks"} else None
        delivered = (
            piece.act == "commits" and said.flat[piece.begin : piece.end].find("you will ") >= 0
        )
        if delivered and due is not None:
            for matter in self._recent(said):
                if (
                    matter.asker == speaker
                    and matter.told
                    and matter.finding.deadline is None
                    and (piece.verb in _PRONOUNS)
                ):
                    matter.finding = replace(
                        matter.finding, deadline=due, segments=_with(matter, said)
                    )
                    return matter.finding
        again = self._again(said, piece, owner, due)
        if again is not None:
            return again
        sure = piece.sure
        named = owner is not None and owner != self.names.speaker(speaker)
        value = piece.worth if due is None else max(piece.worth, 0.0) + 0.5
        about_it = piece.pronoun and due is None
        if about_it and not (piece.act == "commits" and sure >= SURE and plain(piece.verb)):
            return None
        firm = sure >= SURE and value >= _ENOUGH_WORTH
        promised = piece.act == "commits" and due is None
        if promised and _SHOWS.search(said.flat[piece.begin : piece.end]):
            return None
        if (
            (piece.act == "asks" and due is None)
            or about_it
            or (promised and not _HANDS_OVER.search(f"{piece.verb}{piece.about}"))
        ):
            firm = False
        if piece.act in {"assigns", "passive", "commits"} and sure < SURE:
            firm = (
                due is not None
                and value >= _ENOUGH_WORTH
                and sure > 0.4
                and (owner is not None or piece.act != "commits")
            )
        if piece.act == "passive" and due is not None:
            firm = sure >= 0.5
        if piece.act == "seeks":
            firm = False
        if piece.act == "lacks" and said.flat.startswith(("then ", "and then ")):
            return None
        listed = any(
            owner.startswith("@") and said.people[int(owner[1:])].listed for owner in piece.owners
        )
        waits = not firm and (
            about_it
            or (promised and sure >= SURE and value >= _ENOUGH_WORTH)
            or (piece.act == "seeks" and value >= 0.4)
            or (piece.act == "asks" and sure >= 0.5 and (value >= _ENOUGH_WORTH or listed))
            or (piece.act == "assigns" and listed and sure > _WEAK and value >= 0.4)
            or (piece.act == "passive" and sure >= 0.5 and bool(_PRESSING.search(said.flat)))
        )
        if not firm and not waits:
            return None
        matter = self._matter(said, piece, piece.act, owner, due, text=text, listener=listener)
        matter.finding = replace(
            matter.finding,
            confidence=round(
                min(
                    _CAP,
                    _BASE * min(1.0, sure) + _DATED * (due is not None) + _NAMED * named + 0.05,
                ),
                2,
            ),
        )
        matter.open, matter.told = not firm or piece.act == "asks" and owner is None, firm
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
                and _most(piece, said, matter)
            ):
                matter.touched = said.segment.start
                matter.finding = replace(
                    matter.finding,
                    deadline=due or matter.finding.deadline,
                    segments=_with(matter, said),
                )
                return matter.finding
        return None

    def _matter(
        self, said: Reading, piece: Work | None, act: str, owner: str | None, due: date | None, *,
        text: str | None = None, listener: str | None = None, asked: bool = True,
    ) -> _Matter:  # fmt: skip
        self._count += 1
        segment = said.segment
        written = text or segment.text
        matter = _Matter(
            finding=Finding(
                type="action_item", text=phrase(written), quote=written, speaker=segment.speaker, start=segment.start,
                segments=(segment.id,), confidence=_BASE, assignee=owner, deadline=due,
                reasons=(_WHY[act],), matter=f"work {self._count}",
            ),
            act=act, said=self._sentences, asker=segment.speaker, listener=listener, open=asked, told=False,
            pronoun=piece.pronoun if piece else False, words=_stems(written), dated=due is not None, touched=segment.start,
        )  # fmt: skip
        self._matters.append(matter)
        return matter

    def _owner(self, said: Reading, piece: Work) -> str | None:
        names: list[str] = []
        for owner in piece.owners:
            name = (
                self.names.speaker(said.segment.speaker) if owner == "self"
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
        parts = _PUT_RIGHT.split(text)
        for part in (parts[-1], text) if len(parts) > 1 else (text,):
            found = self.calendar.deadline(part, said.segment.start)
            if found is not None:
                return found.date
        return None


_WHY = {
    "commits": "the speaker takes it on", "asks": "somebody is asked for it", "assigns": "it is given to somebody",
    "passive": "it has to be done", "lacks": "it has to be done, by somebody", "seeks": "somebody was looked for to do it",
}  # fmt: skip


def _with(matter: _Matter, said: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*matter.finding.segments, said.segment.id)))


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        word[:_SHARED_STEM].removesuffix("s")
        for word in content(text)
        if len(word) > 2 and word not in _FILL
    )


_FILL = frozenset(
    "okay yes sure then now friday monday tuesday wednesday thursday saturday sunday tomorrow today please could thanks thank sorry actually well need needs needed already not don't won't can't let let's one more new next week end".split()
)


def _shares(piece: Work, said: Reading, matter: _Matter) -> bool:
    return bool(_stems(said.text(piece.begin, piece.end)) & matter.words)


def _most(piece: Work, said: Reading, matter: _Matter) -> bool:
    """Whether it says mostly the same as the matter."""
    words = _stems(said.text(piece.begin, piece.end))
    return bool(words) and len(words & matter.words) >= 0.5 * min(
        len(words), max(1, len(matter.words))
    )


def _answers(commits: list[Work], said: Reading, matter: _Matter) -> bool:
    """Whether a promise after a request is the promise that was asked for."""
    if assents(said) or takes(said):
        return True
    return any(
        piece.pronoun or piece.verb == matter_verb(matter) or _shares(piece, said, matter)
        for piece in commits
    )


def matter_verb(matter: _Matter) -> str:
    """The first word of a matter's text that could be its verb."""
    return next(iter(matter.finding.text.lower().split()), "")


def _shared_day(pieces: list[Work], said: Reading) -> bool:
    """One owner for all of it: "I'll draft it and then I'll deploy it on Friday"."""
    return len({piece.owners for piece in pieces}) == 1
