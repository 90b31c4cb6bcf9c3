"""What may come into a layer: one frozen class a kind. Times are seconds on the session's own axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from v100_ai.events import Event, FaultFound, SceneCut
from v100_ai.events.numbers import plain
from v100_ai.events.speaker import Box
from v100_ai.highlights.model import Segment
from v100_ai.records import Json

Value = int | float | None
Columns = Mapping[str, Sequence[Value]]
"""Readings by name, of so many frames; `frame` and `pts` are among them."""

Found = SceneCut | FaultFound


@dataclass(frozen=True, slots=True, order=True)
class Level:
    """One audio level: seconds on the session's axis, dBov."""

    at: float
    participant: str
    level: float


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody is there who was not, or by another name."""

    participant: str


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody is gone."""

    participant: str


@dataclass(frozen=True, slots=True)
class Muted:
    """A microphone is muted, or open again."""

    participant: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Face:
    """Where somebody's face is in their picture, in fractions of it; None where it is not seen."""

    participant: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Levels:
    """Audio levels of participants, in any order."""

    levels: Sequence[Level]


@dataclass(frozen=True, slots=True)
class Sound:
    """A participant's sound: mono, 16 bit, little endian; its first sample lies at `at`."""

    participant: str
    samples: bytes
    rate: int
    at: float


@dataclass(frozen=True, slots=True)
class Segments:
    """Final pieces of transcript, each for the first time."""

    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Speaking:
    """Somebody is in the middle of a sentence, though nothing final has come of it yet."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Readings of a track's frames, in their order, and the cuts and faults found in what was read so far."""

    columns: Columns
    found: Sequence[Found] = ()
    track: str | None = None
    """Whose picture; a stream's own has no name."""
    position: Json | None = None
    """Where the source stands after them, as its supervision keeps it."""

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.columns["pts"])

    @property
    def newest(self) -> dict[str, Any]:
        """The last frame's readings by name, those that are known, as JSON has them."""
        last = {name: plain(values[-1]) for name, values in self.columns.items()}
        known = {name: value for name, value in last.items() if value is not None}
        return known if self.track is None else {**known, "track": self.track}


@dataclass(frozen=True, slots=True)
class Missed:
    """Frames of a track from one time to another were not seen."""

    from_pts: float
    to_pts: float
    reason: str
    track: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stretch of a live source's own packets is on the disk, in a file of the session's recording."""

    file: str
    from_pts: float
    to_pts: float
    later: float
    """Seconds added to the source's times for those of the session's axis."""
    bytes: int


@dataclass(frozen=True, slots=True)
class ClipAsked:
    """Somebody wants a clip of a range."""

    clip: str
    from_pts: float
    to_pts: float
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipEdited:
    """Somebody edited a clip; its version is one more than that it had."""

    clip: str
    version: int
    operations: Sequence[Json]


@dataclass(frozen=True, slots=True)
class ClipCancelled:
    """Nobody wants a clip any more that is not ready yet."""

    clip: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a host says of an altered face's flag: that everybody may know, or that it is none."""

    verdict: Literal["confirmed", "dismissed"]
    by: str
    track: str | None = None
    """Whose picture; a stream's own has no name."""
    reason: str = ""


Input = (
    Joined
    | Left
    | Muted
    | Face
    | Levels
    | Sound
    | Segments
    | Speaking
    | Frames
    | Missed
    | Verdict
    | Recorded
    | ClipAsked
    | ClipEdited
    | ClipCancelled
    | Event
)
"""A layer that takes the class of an event is given each one that the session keeps."""

NAMES: Mapping[type[Input], str] = {
    Muted: "a microphone muted",
    Face: "a face",
    Levels: "levels",
    Sound: "sound",
    Frames: "frames",
    Missed: "a gap",
    Verdict: "a verdict on a flag",
    Recorded: "a recording",
    ClipAsked: "a clip",
    ClipEdited: "an edit of a clip",
    ClipCancelled: "a clip that is cancelled",
}
"""What inputs are called that are refused where no layer takes them."""

PLACE: Final = "picture"
"""The key of the state that says where a track goes on: how many `frames` are numbered, the source's `position`."""


def keyed(what: str, track: str | None) -> str:
    """The key of a track's state: of one with a name, that follows a stroke."""
    return what if track is None else f"{what}/{track}"


SOURCE: Final = "source"
"""The key of the state that says where a participant's frames come from: the `url`."""

NOTHING: Columns = {"pts": ()}
"""No frames."""


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier run left."""

    events: Sequence[Event] = ()
    """Its events, of the classes that somebody remembers."""
    journal: Sequence[Json] = ()
    """The records of the layer that is asked, in order."""
    state: Mapping[str, Json] = field(default_factory=dict[str, Json])
    participants: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    """Who was there last, with their names."""
    muted: frozenset[str] = frozenset()
