"""What every format is read into."""

from dataclasses import dataclass, field

from v100_ai.words import Word

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something said, as a file tells it. Times are seconds; `line` counts from 1, 0 where there are none."""

    speaker: str
    start: float
    end: float
    text: str
    id: str | None = None
    line: int = 0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A place of the file that could not be read, and why."""

    line: int
    why: str


@dataclass(slots=True)
class Pieces:
    """The pieces of a file, in its order, and what was left out; `partial` counts what was not final."""

    said: list[Piece] = field(default_factory=list[Piece])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    partial: int = 0
    unit: str = "cues"
