"""What leaves a worker: one frozen class per kind of message, and the wire's form of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from v100_ai.events import AnalysisWarning, FaultFound, SceneCut
from v100_ai.report.rows import COLUMNS, Cell

FRAMES: Final = 64
"""Frames in one message of readings at most."""

LARGEST: Final = 256 * 1024
"""Bytes of one message at most."""

LENGTH: Final = 4
"""Bytes before each message that say, big-endian, how long it is."""

FURTHER: Final = ("quality_estimate",)
"""Columns beside those of `report.rows`: quality by the frame alone, where there is no reference."""

NAMES: Final = frozenset((*COLUMNS, *FURTHER))
"""Every column there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The source is open."""

    width: int
    height: int
    codec: str
    rate: float | None
    """Frames a second it says it has."""
    duration: float | None
    """Seconds it says it lasts; `None` for what is live."""
    seekable: bool
    """Whether a later worker can go on where this one stops; else the source is live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Frames that were measured, as columns of one length; `frame` and `pts` are always among them.

    Columns nobody measured are left out. A cell that is not known is `None`; the PSNR of equal pictures is
    infinite.
    """

    columns: Mapping[str, tuple[Cell, ...]]

    @property
    def frames(self) -> tuple[int, ...]:
        """Numbers of the frames in the input, from 0; those left out were dropped or thinned."""
        return tuple(int(each or 0) for each in self.columns["frame"])

    @property
    def times(self) -> tuple[float, ...]:
        """Seconds, of each frame."""
        return tuple(float(each or 0.0) for each in self.columns["pts"])


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFound:
    """A stretch of the input without frames, or a clock of it that started again."""

    from_pts: float
    to_pts: float
    reason: str
    held: bool
    """Whether so much time went by; else the axis goes on one frame later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Frames so far."""

    decoded: int = 0
    analysed: int = 0
    dropped: int = 0
    """Replaced by a newer one before anybody measured them, or left out for being late: never of a source at pace
    `fast`."""
    thinned: int = 0
    """Left out because more came than `rate` asks for."""
    damaged: int = 0
    """Parts of the input that could not be decoded, and pictures that were decoded with damage."""
    lag: float = 0.0
    """Seconds by which a file at pace `live` is behind its own times now; not a sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A stretch of the source is on the disk, in a file of the recording's folder."""

    file: str
    from_pts: float
    to_pts: float
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundDecoded:
    """A piece of a track's sound: mono, 16 bit, little endian, `encoded.SOUND_RATE` samples a second."""

    at: float
    """Seconds, of its first sample."""
    samples: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSeen:
    """Where a track's largest face is now: left and top edge, width and height in fractions of the picture; all 0 for none."""

    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The input was read to its end; `broken` says what is wrong with it, if something is."""

    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The worker stops because of its input: `error` is a class of `v100_ai.errors`, or `MemoryError`."""

    error: str
    message: str
    final: bool = False
    """Whether no second try heals it, as the worker saw it."""


Cause = Literal["opening", "silence", "cpu", "memory", "protocol", "signal", "exit"]
"""A limit by its name; words that were not its language; a signal of somebody else's; an exit of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The worker is gone without a last word."""

    cause: Cause
    detail: str
    stderr: tuple[str, ...] = ()
    """The last lines it wrote, without secrets."""


Last = Ended | Refused | Died
"""How a worker's story ends."""

Found = SceneCut | FaultFound
"""What was found in the frames so far, as the events that are told of it."""

Message = (
    Opened
    | Readings
    | SoundDecoded
    | FaceSeen
    | SceneCut
    | FaultFound
    | GapFound
    | AnalysisWarning
    | Recorded
    | Stats
    | Ended
    | Refused
    | Died
)

TAGS: Final[Mapping[str, type[Message]]] = {
    "opened": Opened,
    "readings": Readings,
    "sound": SoundDecoded,
    "face": FaceSeen,
    "cut": SceneCut,
    "fault": FaultFound,
    "recorded": Recorded,
    "gap": GapFound,
    "warning": AnalysisWarning,
    "stats": Stats,
    "ended": Ended,
    "refused": Refused,
}
"""Kinds that cross the pipe."""
