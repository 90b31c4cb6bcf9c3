"""Captions in the picture: the words of a cue, the one that is being said in another colour, blended into frames.

A state is drawn once for each word; blending it touches nothing beside its letters.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from v100_ai.clips.captions.font import Font
from v100_ai.clips.captions.layout import Block, blocks, overlaps
from v100_ai.clips.framing import Shot
from v100_ai.errors import ExtraMissing
from v100_ai.words import Word
from v100_ai.words.cues import MOST_WORDS, Cue, cues, joined

SAID: Final = (255, 221, 51, 255)
"""The colour of the word that is being said."""

OTHERS: Final = (255, 255, 255, 255)
EDGE: Final = (0, 0, 0, 255)
STROKE: Final = 1 / 12
"""Of the letters' size."""

LEADING: Final = 1.25
"""From line to line, of the letters' size."""

SMALLEST: Final = 12
"""Letters are made smaller for a word that is wider than the block, but not below."""

Whole = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class State:
    """A caption as it is blended: its place in the output, and for each plane colour times opacity, and what is left."""

    left: int
    top: int
    planes: tuple[tuple[Whole, Whole], ...]


@dataclass(slots=True)
class Captions:
    """The burned captions of one output: words with times in it. Raises `GlyphMissing` before anything is drawn."""

    words: Sequence[Word]
    rate: Fraction
    width: int
    height: int
    font: Font
    shots: Sequence[Shot] = ()
    _cues: tuple[Cue, ...] = field(init=False)
    _key: tuple[int, int] | None = None
    _state: State | None = None
    _at: int = 0

    def __post_init__(self) -> None:
        for word in self.words:
            self.font.check(word.text)
        block = blocks(self.width, self.height)[0]
        self._cues = cues(
            self.words,
            width=lambda text: self.font.width(text, block.size),
            most=block.right - block.left - 2 * _stroke(block.size),
            words_most=MOST_WORDS,
        )

    def burn(self, frame: av.VideoFrame, index: int) -> None:
        """Blend what is said at the output's frame `index` into it; frames come in order."""
        while self._at < len(self._cues) and self._frame(self._cues[self._at].end) <= index:
            self._at += 1
        if self._at == len(self._cues) or self._frame(self._cues[self._at].start) > index:
            return
        cue = self._cues[self._at]
        said = -1
        for place, word in enumerate(cue.words):
            if self._frame(word.start) <= index:
                said = place
        if (self._at, said) != self._key:
            self._key = self._at, said
            self._state = drawn(cue, said, self._block(cue), self.font)
        if self._state is not None:
            blend(frame, self._state)

    def _frame(self, seconds: float) -> int:
        """The frame of the output from which on a moment is shown."""
        return round(seconds * self.rate)

    def _block(self, cue: Cue) -> Block:
        low, high = blocks(self.width, self.height)
        begin, end = self._frame(cue.start), self._frame(cue.end)
        faces = [
            face
            for shot in self.shots
            if shot.first < end and begin < shot.last
            for face in shot.faces
        ]
        covered = [
            sum(overlaps(each, face, self.width, self.height) for face in faces)
            for each in (low, high)
        ]
        return high if covered[1] < covered[0] else low


def drawn(cue: Cue, said: int, block: Block, font: Font) -> State | None:
    """The cue with word `said` in its colour; in the middle of its block, and in nothing beside it."""
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("clips", "PIL") from error
    wide, high = block.right - block.left, block.bottom - block.top
    size = _size(cue, block, font)
    stroke, step = _stroke(size), round(size * LEADING)
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    top = max(0, (high - step * len(cue.lines)) // 2)
    number = 0
    for row, line in enumerate(cue.lines):
        for place, word in _spread(line, wide, size, font):
            colour = SAID if number + place == said else OTHERS
            x, text = word
            pen.text(
                (x, top + row * step),
                text,
                font=font.at(size),
                fill=colour,
                stroke_width=stroke,
                stroke_fill=EDGE,
            )
        number += len(line)
    return _state(np.asarray(image), block.left, block.top)


def _size(cue: Cue, block: Block, font: Font) -> int:
    size = block.size
    room = block.right - block.left - 2 * _stroke(size)
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


def _stroke(size: int) -> int:
    return max(1, round(size * STROKE))


def _state(picture: NDArray[np.uint8], left: int, top: int) -> State | None:
    """The drawn picture as BT.709 in limited range, without its empty margins."""
    rows, columns = np.flatnonzero(picture[..., 3].any(1)), np.flatnonzero(picture[..., 3].any(0))
    if not len(rows):
        return None
    y0, y1 = rows[0] // 2 * 2, min(picture.shape[0], (rows[-1] // 2 + 1) * 2)
    x0, x1 = columns[0] // 2 * 2, min(picture.shape[1], (columns[-1] // 2 + 1) * 2)
    part = picture[y0:y1, x0:x1].astype(float)
    alpha = part[..., 3] / 255
    r, g, b = (part[..., i] / 255 for i in range(3))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    planes = (16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748)
    made = [_premultiplied(planes[0], alpha)]
    for plane in planes[1:]:
        # The mean of four, each as far as it is seen.
        weight = _halved(alpha)
        mean = np.divide(_halved(plane * alpha), weight, out=np.full_like(weight, 128), where=weight > 0)  # fmt: skip
        made.append(_premultiplied(mean, weight))
    return State(left + int(x0), top + int(y0), tuple(made))


def _halved(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    high, wide = plane.shape
    mean: NDArray[np.float64] = plane.reshape(high // 2, 2, wide // 2, 2).mean((1, 3))
    return mean


def _premultiplied(plane: NDArray[np.float64], alpha: NDArray[np.float64]) -> tuple[Whole, Whole]:
    share = np.round(alpha * 256)
    return np.round(plane * share).astype(np.uint16), (256 - share).astype(np.uint16)


def blend(frame: av.VideoFrame, state: State) -> None:
    """Lay a state over a picture in yuv420p."""
    for index, (plane, (colour, rest)) in enumerate(zip(frame.planes, state.planes, strict=True)):
        half = 2 if index else 1
        samples = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        top, left = state.top // half, state.left // half
        part = samples[top : top + rest.shape[0], left : left + rest.shape[1]]
        part[...] = (part * rest + colour) >> 8
