"""Pixel formats that are read in place, under FFmpeg's names."""

from dataclasses import dataclass
from typing import Literal

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


CHROMA: dict[str, tuple[bool, bool]] = {
    "yuv420p": (True, True),
    "yuv422p": (True, False),
    "yuv444p": (False, False),
}


def _formats() -> list[Format]:
    deep = {"10le": 10, "12le": 12, "16le": 16}
    return [
        Format("gray", "gray", 1, 8),
        *(Format(f"gray{bits}", "gray", 2, depth) for bits, depth in deep.items()),
        *(Format(name, "planar", 1, 8, halved) for name, halved in CHROMA.items()),
        *(
            Format(f"{name}{bits}", "planar", 2, depth, halved)
            for name, halved in CHROMA.items()
            for bits, depth in deep.items()
        ),
        Format("nv12", "paired", 1, 8, (True, True)),
        *(Format(name, "paired", 2, 16, (True, True)) for name in ("p010le", "p012le", "p016le")),
    ]


FORMATS: dict[str, Format] = {each.name: each for each in _formats()}

# Full-range twins share the layout of the formats they are named after.
ALIASES: dict[str, str] = {
    "gray8": "gray",
    "yuvj420p": "yuv420p",
    "yuvj422p": "yuv422p",
    "yuvj444p": "yuv444p",
}

FULL: frozenset[str] = frozenset(name for name in ALIASES if name.startswith("yuvj"))
"""Names that say full range by themselves."""
