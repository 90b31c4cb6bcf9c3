"""A cue as letters in planes, the word that is being said in another colour.

A cue is drawn once, and of each of its states only the word that is lit is coloured anew; blending one touches nothing
beside its letters.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from v100_ai.clips.captions.font import Font
from v100_ai.clips.captions.layout import Block
from v100_ai.errors import ExtraMissing
from v100_ai.words import Word
from v100_ai.words.cues import Cue, joined

Shares = NDArray[np.float32]
Cover = NDArray[np.uint8]
Whole = NDArray[np.uint16]


def _coded(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """A colour as BT.709 in limited range."""
    r, g, b = red / 255, green / 255, blue / 255
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748


SAID: Final = _coded(255, 221, 51)
"""The colour of the word that is being said."""

OTHERS: Final = _coded(255, 255, 255)
EDGE: Final = _coded(0, 0, 0)
NONE: Final = np.zeros((0, 0), np.uint8)
STROKE: Final = 1 / 12
"""Of the letters' size."""

LEADING: Final = 1.25
"""From line to line, of the letters' size."""

SMALLEST: Final = 12
"""Letters are made smaller for a word that is wider than the block, but not below."""


@dataclass(frozen=True, slots=True)
class State:
    """A caption as it is blended: its place in the output, and for each plane colour times opacity, and what is left."""

    left: int
    top: int
    planes: tuple[tuple[Whole, Whole], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cue as it was drawn once: how far each sample is covered, by letters with their edge and by letters alone."""

    left: int
    top: int
    covered: Cover
    letters: Cover
    words: tuple[tuple[int, int, Cover], ...]
    """The letters of each word, and where they lie in it: row and column."""
    planes: tuple[tuple[Whole, Whole], ...]
    """With no word lit."""

    def lit(self, said: int) -> State:
        """With word `said` in its colour; of the rest nothing is computed again."""
        row, column, letters = self.words[said] if 0 <= said < len(self.words) else (0, 0, NONE)
        if not letters.size:
            return State(self.left, self.top, self.planes)
        rows, columns = _even(row, letters.shape[0]), _even(column, letters.shape[1])
        covered, own = self.covered[rows, columns], np.zeros_like(self.letters[rows, columns])
        own[row - rows.start :, column - columns.start :][: letters.shape[0], : letters.shape[1]] = letters  # fmt: skip
        fresh = _planes(covered, np.maximum(self.letters[rows, columns], own), own)
        made = []
        for index, ((colour, rest), (part, _)) in enumerate(zip(self.planes, fresh, strict=True)):
            half = 2 if index else 1
            changed = colour.copy()
            changed[
                rows.start // half : rows.stop // half, columns.start // half : columns.stop // half
            ] = part
            made.append((changed, rest))
        return State(self.left, self.top, tuple(made))


def drawn(cue: Cue, block: Block, font: Font) -> Drawn | None:
    """The cue in the middle of its block, and in nothing beside it; `None` where its letters leave no mark."""
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("clips", "PIL") from error
    wide, high = block.right - block.left, block.bottom - block.top
    size = _size(cue, block, font)
    stroke, step, face = stroke_of(size), round(size * LEADING), font.at(size)
    edged, plain = Image.new("L", (wide, high)), Image.new("L", (wide, high))
    edges, fills = ImageDraw.Draw(edged), ImageDraw.Draw(plain)
    top = max(0, (high - step * len(cue.lines)) // 2)
    boxes: list[tuple[int, int, Cover]] = []
    for row, line in enumerate(cue.lines):
        for _, (x, text) in _spread(line, wide, size, font):
            at = x, top + row * step
            edges.text(at, text, 255, font=face, stroke_width=stroke)
            fills.text(at, text, 255, font=face)
            alone = Image.new("L", (wide, step + 2 * size))
            ImageDraw.Draw(alone).text((x, size // 2), text, 255, font=face)
            boxes.append(_boxed(np.asarray(alone), top + row * step - size // 2, high))
    letters = np.asarray(plain)
    covered = np.maximum(np.asarray(edged), letters)
    rows, columns = np.flatnonzero(covered.any(1)), np.flatnonzero(covered.any(0))
    if not len(rows):
        return None
    part = (
        slice(rows[0] // 2 * 2, min(high, (rows[-1] // 2 + 1) * 2)),
        slice(columns[0] // 2 * 2, min(wide, (columns[-1] // 2 + 1) * 2)),
    )
    covered, letters = covered[part], letters[part]
    y, x0 = int(part[0].start), int(part[1].start)
    return Drawn(
        block.left + x0,
        block.top + y,
        covered,
        letters,
        tuple((row - y, column - x0, each) for row, column, each in boxes),
        _planes(covered, letters, np.zeros_like(letters)),
    )


def _boxed(alone: Cover, top: int, high: int) -> tuple[int, int, Cover]:
    """A word's letters without what is empty around them; those that the block has no room for are not in it."""
    alone = alone[max(0, -top) : high - top]
    rows, columns = np.flatnonzero(alone.any(1)), np.flatnonzero(alone.any(0))
    if not len(rows):
        return 0, 0, NONE
    found = alone[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return max(0, top) + int(rows[0]), int(columns[0]), found


def _even(start: int, count: int) -> slice:
    """Samples `start` to `start + count`, out to where chroma has a sample of its own."""
    return slice(start // 2 * 2, (start + count + 1) // 2 * 2)


def _size(cue: Cue, block: Block, font: Font) -> int:
    size = block.size
    room = block.right - block.left - 2 * stroke_of(size)
    rows = (block.bottom - block.top) / (LEADING * len(cue.lines))
    widest = max(font.width(joined(line), size) for line in cue.lines)
    return max(SMALLEST, min(size, int(size * room / widest) if widest > room else size, int(rows)))


def _spread(
    line: Sequence[Word], wide: int, size: int, font: Font
) -> list[tuple[int, tuple[float, str]]]:
    """Each word of a line by its number, its left edge and how it is written; from right to left where it reads so."""
    texts = [word.text for word in line]
    right = next((d in {"R", "AL"} for t in texts for c in t if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")), False)  # fmt: skip
    whole = font.width(joined(line), size)
    x = (wide - whole) / 2
    placed = []
    for index, text in enumerate(texts):
        before = font.width(joined(line[: index + 1]), size) - font.width(text, size)
        left = x + whole - before - font.width(text, size) if right else x + before
        placed.append((index, (left, text)))
    return placed


def stroke_of(size: int) -> int:
    """Pixels of the edge around letters of that size."""
    return max(1, round(size * STROKE))


def _planes(covered: Cover, letters: Cover, said: Cover) -> tuple[tuple[Whole, Whole], ...]:
    """Colour times opacity and what is left of the picture, of each plane, as BT.709 in limited range.

    Edges are black; what of a sample is covered by letters is of the one colour or the other.
    """
    whole = covered.astype(np.float32)
    # No more of a sample is lit than is covered by letters: neighbours may share its corner.
    lit = np.minimum(said, letters).astype(np.float32)
    white = letters.astype(np.float32) - lit
    parts = []
    for index, (edge, other, own) in enumerate(zip(EDGE, OTHERS, SAID, strict=True)):
        colour = edge * whole + (other - edge) * white + (own - edge) * lit
        if index:
            parts.append(_premultiplied(_halved(colour), _halved(whole)))
        else:
            parts.append(_premultiplied(colour, whole))
    return tuple(parts)


def _halved(plane: Shares) -> Shares:
    """The mean of four, each as far as it is seen."""
    mean: Shares = (
        plane[::2, ::2] + plane[::2, 1::2] + plane[1::2, ::2] + plane[1::2, 1::2]
    ) * np.float32(0.25)
    return mean


def _premultiplied(colour: Shares, covered: Shares) -> tuple[Whole, Whole]:
    share = np.rint(covered * np.float32(256 / 255))
    return (
        np.rint(colour * np.float32(256 / 255)).astype(np.uint16),
        (256 - share).astype(np.uint16),
    )


def blend(frame: av.VideoFrame, state: State) -> None:
    """Lay a state over a picture in yuv420p."""
    for index, (plane, (colour, rest)) in enumerate(zip(frame.planes, state.planes, strict=True)):
        half = 2 if index else 1
        samples = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        top, left = state.top // half, state.left // half
        part = samples[top : top + rest.shape[0], left : left + rest.shape[1]]
        laid = np.multiply(part, rest)
        laid += colour
        laid >>= 8
        part[...] = laid
