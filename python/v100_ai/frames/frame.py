"""Frame: one picture as planes lent by whoever made it, checked once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from v100_ai.errors import ShapeMismatch, TimeRejected
from v100_ai.frames.formats import ALIASES, FORMATS, FULL, Format

if TYPE_CHECKING:
    from typing_extensions import Buffer


Range = Literal["limited", "full"]
"""Whether black and white are 16 and 235 (of 8 bit), or the smallest and the largest code."""

Matrix = Literal["bt601", "bt709", "bt2020"]
"""How colour differences were made of red, green and blue."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between a frame and the one before it, where that is more than a frame's length."""

    start: float
    """Seconds, of the last frame before it."""
    end: float
    """Seconds, of the first frame after it."""
    reason: str
    held: bool = True
    """Whether so much time went by; else the input's clock was set, and the axis goes on one frame later."""


@dataclass(frozen=True, slots=True)
class Plane:
    """One component's bytes, row by row; `stride` bytes from one row to the next."""

    data: "Buffer"
    stride: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture at one time. The planes are lent: nobody may write to them while it is measured.

    `format` is FFmpeg's name of the layout (`v100_ai.frames.formats` lists those read in place),
    `pts` the presentation time in seconds, `lender` the object whose memory the planes are, or that they were
    converted from.
    `matrix` is `None` where nobody says; `sar` is a sample's width by its height.
    """

    format: str
    width: int
    height: int
    planes: tuple[Plane, ...]
    pts: float
    lender: object = None
    range: Range = "limited"
    matrix: Matrix | None = None
    sar: float = 1.0
    gap: Gap | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.pts):
            raise TimeRejected(self.pts)
        if self.format in FULL:
            object.__setattr__(self, "range", "full")
        expected = layout(self.format).planes(self.width, self.height)
        if len(expected) != len(self.planes):
            raise ShapeMismatch(
                f"planes of {self.format}", expected=len(expected), found=len(self.planes)
            )
        for index, (plane, (row, rows)) in enumerate(zip(self.planes, expected, strict=True)):
            _check(f"plane {index} of {self.format}", plane, row, rows)

    @classmethod
    def from_buffer(
        cls,
        buffer: "Buffer",
        *,
        width: int,
        height: int,
        pts: float,
        stride: int | None = None,
        format: str = "gray",  # noqa: A002 - FFmpeg's word
        range: Range = "limited",  # noqa: A002 - the field's word
    ) -> Self:
        """A frame whose planes follow each other in one buffer.

        `stride` is that of the luma in bytes, the width's own by default; chroma rows take the same
        share of it as of the width.
        """
        found = layout(format)
        shapes = found.planes(width, height)
        stride = shapes[0][0] if stride is None else stride
        whole, start, planes = memoryview(buffer).cast("B"), 0, list[Plane]()
        for row, rows in shapes:
            step = stride if row == shapes[0][0] else max(row, stride * row // shapes[0][0])
            planes.append(Plane(whole[start : start + step * rows], step))
            start += step * rows
        full: Range = "full" if format in FULL else range
        return cls(found.name, width, height, tuple(planes), pts, buffer, range=full)


def layout(name: str) -> Format:
    """The format of that name, or of its full-range twin."""
    found = FORMATS.get(ALIASES.get(name, name))
    if found is None:
        raise ShapeMismatch("pixel format", expected=f"one of {_listed(FORMATS)}", found=name)
    return found


def _listed(names: Sequence[str] | dict[str, Format]) -> str:
    return ", ".join(names)


def _check(what: str, plane: Plane, row: int, rows: int) -> None:
    if plane.stride < row:
        raise ShapeMismatch(
            f"stride of {what}", expected=f"at least {row} bytes", found=plane.stride
        )
    expected = plane.stride * (rows - 1) + row
    found = memoryview(plane.data).nbytes
    if found < expected:
        raise ShapeMismatch(f"size of {what}", expected=f"at least {expected} bytes", found=found)
