"""Events of the active speaker: who talks, who holds the floor, what the screen and the camera show for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from v100_ai.events.event import Event


class View(StrEnum):
    """How the screen is divided."""

    SPEAKER = "speaker"
    """The speaker large, the one before as picture-in-picture."""
    GRID = "grid"
    """Everybody alike."""
    SPOTLIGHT = "spotlight"
    """One participant alone."""
    SIDE_BY_SIDE = "side_by_side"
    """Two who argue."""


class Reason(StrEnum):
    """Why the layout changed."""

    SPEAKER = "speaker"
    ARGUMENT = "argument"
    MOTION = "motion"
    JOINED = "joined"
    LEFT = "left"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A participant's place in fractions of the screen; later tiles lie over earlier ones."""

    participant: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in fractions of the picture: left and top edge, width and height."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: "Box", *, slack: float = 1e-9) -> bool:
        """Whether `other` lies inside, but for `slack`."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.x + other.width <= self.x + self.width + slack
            and other.y + other.height <= self.y + self.height + slack
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerChanged(Event):
    """Another participant holds the floor, or nobody does (`speaker` is None).

    Attributes:
        at: when it was decided, seconds on the clock of the levels.
        previous: who held it when last told.
        speaker: who holds it now.
    """

    type: ClassVar = "speaker.changed"

    at: float
    previous: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChanged(Event):
    """The screen looks otherwise from `at` on.

    Attributes:
        at: seconds.
        view: how the screen is divided.
        reason: what brought it about.
        tiles: everybody who is shown, the most important first.
    """

    type: ClassVar = "layout.changed"

    at: float
    view: View
    reason: Reason
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraZoom(Event):
    """The crop to show of a participant's picture from `at` on.

    Attributes:
        at: seconds.
        participant: whose picture.
        crop: the part of it, in fractions.
    """

    type: ClassVar = "camera.zoom"

    at: float
    participant: str
    crop: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkStarted(Event):
    """A participant began to talk.

    Attributes:
        at: seconds.
        participant: who.
    """

    type: ClassVar = "talk.started"

    at: float
    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkStopped(Event):
    """A participant stopped talking after `seconds`.

    Attributes:
        at: seconds.
        participant: who.
        seconds: how long they talked.
    """

    type: ClassVar = "talk.stopped"

    at: float
    participant: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingTime:
    """One participant's part in the talk.

    Attributes:
        participant: who.
        seconds: of speech, pauses not counted.
        share: of everybody's speech, 0 to 1.
        turns: turns of at least a second.
        interjections: shorter turns.
        longest_turn: seconds.
        interruptions: turns begun while another's went on, which then gave way.
        interrupted: own turns that gave way so.
    """

    participant: str
    seconds: float
    share: float
    turns: int
    interjections: int
    longest_turn: float
    interruptions: int
    interrupted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSummary(Event):
    """The talk of a session so far.

    Attributes:
        seconds: from the first look to the last.
        silence: seconds in which nobody talked.
        overlap: seconds in which two or more did.
        speakers: everybody seen, most speech first.
    """

    type: ClassVar = "talk.summary"

    seconds: float
    silence: float
    overlap: float
    speakers: tuple[SpeakingTime, ...]
