"""Captions in the picture: the words of a cue, the one that is being said in another colour, blended into frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av

from v100_ai.clips.captions.drawing import Drawn, State, blend, drawn, stroke_of
from v100_ai.clips.captions.font import Font
from v100_ai.clips.captions.layout import Block, blocks, overlaps
from v100_ai.clips.framing import Shot
from v100_ai.words import Word
from v100_ai.words.cues import MOST_WORDS, Cue, cues


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
    _drawn: Drawn | None = None
    _state: State | None = None
    _at: int = 0

    def __post_init__(self) -> None:
        for word in self.words:
            self.font.check(word.text)
        block = blocks(self.width, self.height)[0]
        self._cues = cues(
            self.words,
            width=lambda text: self.font.width(text, block.size),
            most=block.right - block.left - 2 * stroke_of(block.size),
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
            if self._key is None or self._key[0] != self._at:
                self._drawn = drawn(cue, self._block(cue), self.font)
            self._key = self._at, said
            self._state = None if self._drawn is None else self._drawn.lit(said)
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
