"""What is said in a meeting, and what an engine believes it heard in it."""

from dataclasses import dataclass
from datetime import date

from v100_ai.events.highlights import KINDS, Answer, Kind
from v100_ai.words import Word

__all__ = ["KINDS", "Answer", "Finding", "Kind", "Segment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A final piece of transcript, of one participant. Times are seconds from the start of the meeting."""

    id: str
    participant: str
    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    """Its words with their times, where the source tells them."""

    @property
    def speaker(self) -> str:
        """The participant, by the name that transcripts use."""
        return self.participant


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One candidate highlight with its evidence. Said again with the same segments, it is an update.

    `confidence` is 0..1. `assignee` and `deadline` are None rather than a guess. `matter` names what it is
    about for as long as the meeting lasts: a later finding of the same matter says how it stands now, with
    another owner or day, or taken back (`retracted`). `deferred_to`: who put an answer off.
    """

    type: Kind
    text: str
    quote: str
    speaker: str
    start: float
    segments: tuple[str, ...]
    confidence: float
    assignee: str | None = None
    deadline: date | None = None
    answered: Answer | None = None
    reasons: tuple[str, ...] = ()
    matter: str = ""
    retracted: bool = False
    deferred_to: str | None = None
