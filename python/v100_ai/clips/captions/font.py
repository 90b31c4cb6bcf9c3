"""A font for captions, and which characters it has."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from v100_ai.errors import ExtraMissing, GlyphMissing, SettingRejected

if TYPE_CHECKING:
    from PIL import ImageFont

SHIPPED: Final = Path(__file__).parent / "NotoSans-Bold.ttf"
"""Noto Sans Bold, under the SIL Open Font License 1.1 (NOTICE)."""

UNSEEN: Final = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\u00ad")
"""Characters that only say how others are written: no font need have them."""


@dataclass(slots=True)
class Font:
    """A TrueType or OpenType file at any size. Raises `SettingRejected` for what is none, `ExtraMissing` without Pillow."""

    path: Path = SHIPPED
    _characters: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        try:
            self._characters = frozenset(_mapped(self.path.read_bytes()))
        except (OSError, struct.error, ValueError) as refused:
            raise SettingRejected(f"{self.path}: expected a font: {refused}") from refused

    def check(self, text: str) -> None:
        """Raises `GlyphMissing` for the first character that the font has not."""
        for character in text:
            if (
                not character.isspace()
                and ord(character) not in self._characters
                and character not in UNSEEN
            ):
                raise GlyphMissing(character, self.path.name)

    def at(self, size: int) -> "ImageFont.FreeTypeFont":
        """The font at a size in pixels."""
        return _sized(self.path, size)

    def width(self, text: str, size: int) -> float:
        """Pixels that a text takes."""
        return float(self.at(size).getlength(text))


@lru_cache(maxsize=32)
def _sized(path: Path, size: int) -> "ImageFont.FreeTypeFont":
    try:
        from PIL import ImageFont  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("clips", "PIL") from error
    try:
        return ImageFont.truetype(str(path), size)
    except OSError as refused:
        raise SettingRejected(f"{path}: expected a font: {refused}") from refused


def _mapped(font: bytes) -> Iterator[int]:
    """The characters of a font's `cmap` table (OpenType 1.9), of the formats 4 and 12 that Unicode is mapped by."""
    start = struct.unpack(">I", font[12:16])[0] if font[:4] == b"ttcf" else 0
    tables = struct.unpack(">H", font[start + 4 : start + 6])[0]
    records = (font[start + 12 + 16 * i : start + 28 + 16 * i] for i in range(tables))
    place = next(
        (struct.unpack(">I", each[8:12])[0] for each in records if each[:4] == b"cmap"), None
    )
    if place is None:
        raise ValueError("expected a table of characters, found none")
    count = struct.unpack(">H", font[place + 2 : place + 4])[0]
    for i in range(count):
        platform, _, offset = struct.unpack(">HHI", font[place + 4 + 8 * i : place + 12 + 8 * i])
        if platform in (0, 3):
            yield from _subtable(font[place + offset :])


def _subtable(table: bytes) -> Iterator[int]:
    (kind,) = struct.unpack(">H", table[:2])
    if kind == 12:  # noqa: PLR2004  # segmented coverage
        (groups,) = struct.unpack(">I", table[12:16])
        for first, last, _ in struct.iter_unpack(">III", table[16 : 16 + 12 * groups]):
            yield from range(first, min(last, 0x10FFFF) + 1)
    elif kind == 4:  # noqa: PLR2004  # segment mapping to delta values
        (_length, _, twice) = struct.unpack(">HHH", table[2:8])
        count = twice // 2
        ends = struct.unpack(f">{count}H", table[14 : 14 + twice])
        starts = struct.unpack(f">{count}H", table[16 + twice : 16 + 2 * twice])
        deltas = struct.unpack(f">{count}H", table[16 + 2 * twice : 16 + 3 * twice])
        at = 16 + 3 * twice
        for i, (first, last, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
            (offset,) = struct.unpack(">H", table[at + 2 * i : at + 2 * i + 2])
            for code in range(first, last + 1):
                if offset == 0:
                    glyph = (code + delta) & 0xFFFF
                else:
                    place = at + 2 * i + offset + 2 * (code - first)
                    (glyph,) = struct.unpack(">H", table[place : place + 2].ljust(2, b"\0"))
                if glyph and code < 0xFFFF:  # noqa: PLR2004  # the last segment's end
                    yield code
