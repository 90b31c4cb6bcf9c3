"""Deadline phrases: "by Friday" and its kin, resolved against the meeting's own date and time zone.

What cannot be dated ("soon", "in a few days", "for the next meeting") is None, never a guess. Nothing
that is said raises.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from v100_ai.highlights.rules.due import TABLE, Resolve, month_first, named_day_first, slashed
from v100_ai.highlights.rules.numerals import MONTHS, ORDINALS, alternatives
from v100_ai.highlights.rules.utterance import LONGEST


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day, the words that name it, and whether they say that something is due by then."""

    date: date
    phrase: str
    due: bool = True


_PATTERNS = tuple(
    (re.compile(rf"(?<![\w'-])(?:{pattern})(?!\w)"), resolve) for pattern, resolve in TABLE
)
_ANY = re.compile(
    rf"day|eow|eom|eoq|eoy|\d\.\d|\d-\d|o'?clock|\d:\d|tomorrow|tonight|week|month|year|quarter|\bq[1-4]|\bin \w|within|from now|noon|lunch|midnight|\b(?:am|pm)\b|\d ?[ap]\.?m"
    rf"|eod|cob|close of|end of|christmas|afternoon|evening|morning|after th|20\d\d-|\d/\d|\bthe (?:\d|{alternatives(ORDINALS)})"
    rf"|{alternatives(MONTHS)}|\b(?:mon|tue|wed|thu|fri|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)"
)
# Words right before a date that make it a memory, a habit or a beginning, not a due day.
_NOT_DUE = re.compile(
    r"(?:\b(?:last|since|earlier|every|each|past|previous|ago|from|starting|was|were|yesterday|happened|on the"
    r"|until after|as of|not until|not before|met|said|did|came|went|started|sent|had)|\bnot) (?:on |the |this )*$"
)
_MONTH_VERBS = re.compile(
    r"\b(?:we|you|i|they|it|he|she|that|this|which|who|there|what|people|users?|one) (?:may|march)\b"
)


# What makes a day one that something is due by, rather than one that something happens on.
_DUE = re.compile(
    r"^(?:by|before|until|till|til|due|no later than|not later than|latest|eo[dwmqy]|cob|within)\b"
)
_DUE_BEFORE = re.compile(r"\b(?:by|before|until|till|due|than|latest)(?: the)? $")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the meeting began, with its time zone: what "tomorrow" is counted from.

    `day_first`: whether 4/5 is the fourth of May; None where nobody said, and then it is no date.

    Raises:
        ValueError: `start` has no time zone.
    """

    start: datetime
    day_first: bool | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError(f"expected a start with a time zone, found {self.start.isoformat()}")

    def at(self, seconds: float) -> datetime:
        """Local time that many seconds into the meeting, daylight saving changes included."""
        zone = self.start.tzinfo
        return datetime.fromtimestamp(self.start.timestamp() + seconds, tz=zone)

    def deadline(self, text: str, seconds: float) -> Deadline | None:
        """The day by which the words ask for something, said that far into the meeting."""
        try:
            now = self.at(seconds)
        except (ValueError, OverflowError, OSError):
            return None
        return deadline(text, now, day_first=self.day_first)


def deadline(text: str, now: datetime, *, day_first: bool | None = None) -> Deadline | None:
    """The due day that the words name, seen from `now`; None when they name none.

    Of several, one that is said to be due ("by Friday") wins over one that is only named, then the
    one that more words name.
    """
    plain = re.sub(r"\s+", " ", text[:LONGEST].lower().replace("\u2019", "'")).strip()
    if not _ANY.search(plain):
        return None
    plain = _MONTH_VERBS.sub(lambda match: "_" * len(match[0]), plain)
    found: list[tuple[bool, int, int, Deadline]] = []
    taken: list[tuple[int, int]] = []
    for pattern, resolve in _PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            if any(start < other_end and begun < end for begun, other_end in taken):
                continue
            if _NOT_DUE.search(plain[:start]) or plain[end : end + 4] == " ago":
                continue
            day = _resolved(match, resolve, now, day_first)
            # The 30th of February is no day, and "February" alone is not what was meant either.
            taken.append((start, end))
            if day is None:
                continue
            due = bool(_DUE.match(match[0]) or _DUE_BEFORE.search(plain[:start]))
            found.append((not due, len(found), start, Deadline(day, match[0], due)))
    return min(found, key=lambda each: each[:2])[-1] if found else None


def _resolved(
    match: re.Match[str],
    resolve: Resolve,
    now: datetime,
    day_first: bool | None,  # noqa: FBT001  # as the calendar has it
) -> date | None:
    """The day a phrase means; None where there is none, however it was put."""
    if resolve is slashed and day_first is not None:
        resolve = named_day_first if day_first else month_first
    try:
        return resolve(match, now)
    except (ValueError, OverflowError):
        return None
