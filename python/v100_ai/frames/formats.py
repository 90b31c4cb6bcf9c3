"""Pixel formats that are read in place, under FFmpeg's names."""

from dataclasses import dataclass
from typing import Final, Literal

from v100_ai import _native

Packing = Literal["gray", "planar", "paired"]


@dataclass(frozen=True, slots=True)
class Format:
    """How the samples of a picture lie in memory."""

    name: str
    packing: Packing
    bytes: int
    """Bytes a sample takes."""
    depth: int
    """Bits of the largest code; formats that keep theirs at the top of 16 count as 16."""
    halved: tuple[bool, bool] = (False, False)
    """Whether the chroma planes have half the width, half the height."""

    def planes(self, width: int, height: int) -> list[tuple[int, int]]:
        """Bytes in a row and rows of each plane, padding left out."""
        luma = (width * self.bytes, height)
        if self.packing == "gray":
            return [luma]
        across, down = self.halved
        columns = (width + 1) // 2 if across else width
        rows = (height + 1) // 2 if down else height
        if self.packing == "paired":
            return [luma, (2 * columns * self.bytes, rows)]
        return [luma, (columns * self.bytes, rows), (columns * self.bytes, rows)]


BYTE: Final = 8
"""Bits."""

ALIASES: dict[str, str] = {
    "gray8": "gray",
    "yuvj420p": "yuv420p",
    "yuvj422p": "yuv422p",
    "yuvj444p": "yuv444p",
}
"""Full-range names, of the layout of the formats they are named after."""

FORMATS: dict[str, Format] = {
    name: Format(name, packing, 1 if depth <= BYTE else 2, depth, halved)
    for name, depth, packing, halved in _native.FORMATS
    if name not in ALIASES
}
"""Those of the compiled module."""

CHROMA: dict[str, tuple[bool, bool]] = {
    name: FORMATS[name].halved for name in ("yuv420p", "yuv422p", "yuv444p")
}
"""Planar ones by how their chroma is halved."""

FULL: frozenset[str] = frozenset(name for name in ALIASES if name.startswith("yuvj"))
"""Names that say full range by themselves."""
