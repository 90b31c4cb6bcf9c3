"""Events of highlights: what was asked, decided, promised and felt, the summary, and who has to hear of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final, Literal, get_args

from v100_ai.events.event import Event
from v100_ai.events.fields import SPREAD

Kind = Literal["question", "action_item", "decision", "topic", "sentiment"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Status = Literal["provisional", "confirmed", "retracted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """When and by whom a question was answered: seconds from the start of the meeting."""

    by: str
    at: float
    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One highlight; `id` stays for its life.

    Attributes:
        id: its own, for good.
        type: what it is.
        text: in a few words.
        assignee: who has to do it, as the roster has them.
        deadline: the day it is due.
        timestamp: HH:MM:SS from the start of the meeting; what is given is not looked at.
        confidence: 0 to 1.
        status: provisional until it is confirmed or taken back.
        start: seconds from the start of the meeting.
        segments: the transcript's segments it was found in.
        quote: the words themselves.
        speaker: who said them.
        answered: of a question, when and by whom.
        deferred_to: of a question that is put off, who put it off.
    """

    id: str
    type: Kind
    text: str
    assignee: str | None
    deadline: date | None
    timestamp: str = ""
    confidence: float
    status: Status
    start: float
    segments: tuple[str, ...]
    quote: str
    speaker: str
    answered: Answer | None
    deferred_to: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "timestamp", clock(self.start))


def clock(seconds: float) -> str:
    """Seconds as HH:MM:SS."""
    whole = max(0, int(seconds))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightCreated(Event):
    """A highlight is seen for the first time."""

    type: ClassVar = "highlight.created"

    highlight: Highlight = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightUpdated(Event):
    """A highlight already seen has changed: answered, dated, confirmed, rewritten or retracted."""

    type: ClassVar = "highlight.updated"

    highlight: Highlight = field(metadata=SPREAD)


Change = HighlightCreated | HighlightUpdated


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One highlight in a summary."""

    id: str
    text: str
    timestamp: str
    deadline: str | None = None
    answered_by: str | None = None
    deferred_to: str | None = None


UNASSIGNED: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryUpdated(Event):
    """The summary changed. `actions` is by person, `UNASSIGNED` for those without; `text` is in prose.

    Attributes:
        topics: what was talked about.
        decisions: what was decided.
        open_questions: asked and not answered.
        answered_questions: asked and answered.
        actions: by person; "" for those without one.
        text: the whole in prose, where Claude wrote it.
        held_back: found, and not shown because of the budget.
    """

    type: ClassVar = "summary.updated"

    topics: tuple[Line, ...]
    decisions: tuple[Line, ...]
    open_questions: tuple[Line, ...]
    answered_questions: tuple[Line, ...]
    actions: Mapping[str, tuple[Line, ...]]
    text: str
    held_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNotified(Event):
    """Somebody absent was given work. `address` is the roster's own, never one from the transcript.

    Attributes:
        highlight: the action item's id.
        person: who has to do it.
        address: theirs, as the roster has it.
        text: what is to be done.
        deadline: the day it is due, ISO 8601.
        timestamp: HH:MM:SS from the start of the meeting.
    """

    type: ClassVar = "notification.action_item"

    highlight: str
    person: str
    address: str
    text: str
    deadline: str | None
    timestamp: str
