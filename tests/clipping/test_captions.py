"""Burned captions: when each word is lit, what fits where, and which characters there are."""

from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from v100_ai.clips.captions import Captions, Font
from v100_ai.clips.captions.drawing import _spread, drawn
from v100_ai.clips.captions.layout import blocks, overlaps
from v100_ai.clips.framing import Shot
from v100_ai.errors import GlyphMissing, SettingRejected
from v100_ai.words import Word, placed
from v100_ai.words.cues import cues

RATE = Fraction(25)
SIZE = (270, 480)


def words(*said: tuple[str, float, float]) -> list[Word]:
    return [Word(text=text, start=start, end=end) for text, start, end in said]


def burned(captions: Captions, index: int) -> np.ndarray:
    """Luma of a grey frame with what is said then."""
    frame = av.VideoFrame(*SIZE, "yuv420p")
    for plane in frame.planes:
        np.frombuffer(memoryview(plane), np.uint8)[:] = 128
    captions.burn(frame, index)
    return frame.to_ndarray(format="yuv420p")


def lit(picture: np.ndarray) -> bool:
    """Whether something in it is in the colour of the word that is being said: little blue."""
    blue = picture[SIZE[1] : SIZE[1] + SIZE[1] // 4]
    return bool((blue < 60).any())


def captions(said: list[Word], **more) -> Captions:
    return Captions(said, RATE, *SIZE, Font(), **more)


def test_each_word_is_lit_from_the_frame_of_its_time():
    made = captions(words(("one", 0.4, 0.8), ("two", 0.8, 1.2), ("three", 1.61, 2.0)))
    pictures = [burned(made, index) for index in range(70)]
    shown = [bool((p != 128).any()) for p in pictures]
    assert shown.index(True) == 10
    changes = [i for i in range(1, 70) if not np.array_equal(pictures[i], pictures[i - 1])]
    # Shown at 0.4 s, `two` lit at 0.8 s, the next cue at 1.61 s; away 0.8 s after its last word.
    assert changes == [10, 20, 40]
    assert all(lit(p) for p in pictures[10:])


def test_a_state_stands_within_its_block_whatever_is_said():
    font = Font()
    for width, height in ((1080, 1920), (720, 720), (1280, 720), (90, 160)):
        for block in blocks(width, height):
            said = placed(
                "A donaudampfschifffahrtsgesellschaftskapitänsmütze is wide, is it not?", 0, 4
            )
            for cue in cues(
                said,
                width=partial(font.width, size=block.size),
                most=block.right - block.left,
                words_most=7,
            ):
                made = drawn(cue, block, font)
                assert made is not None
                state = made.lit(0)
                high, wide = state.planes[0][0].shape
                assert state.left >= block.left
                assert state.top >= block.top
                assert state.left + wide <= block.right
                assert state.top + high <= block.bottom
                assert len(cue.lines) <= 2


def test_upright_blocks_keep_off_what_players_draw():
    for block in blocks(1080, 1920):
        assert block.top >= 250
        assert block.bottom <= 1920 - 450
        assert block.left >= 60
        assert block.right <= 1080 - 180


def test_captions_move_where_a_face_is():
    said = words(("hello", 0.0, 1.0))
    low, high = blocks(*SIZE)
    face = (0.3, 0.6, 0.3, 0.15)
    assert overlaps(low, face, *SIZE)
    shot = Shot(0, 50, "crop", "face", faces=(face,))
    with_face = burned(captions(said, shots=[shot]), 5)[: SIZE[1]]
    without = burned(captions(said), 5)[: SIZE[1]]
    assert (with_face[: high.bottom] != 128).any()
    assert not (with_face[high.bottom :] != 128).any()
    assert not (without[: low.top] != 128).any()


def test_a_line_that_reads_from_right_to_left_begins_at_the_right():
    line = tuple(words(("שלום", 0, 1), ("לכם", 1, 2)))
    (_, (first, _)), (_, (second, _)) = _spread(line, 400, 20, Font())
    assert first > second
    line = tuple(words(("hello", 0, 1), ("you", 1, 2)))
    (_, (first, _)), (_, (second, _)) = _spread(line, 400, 20, Font())
    assert first < second


def test_a_font_tells_the_characters_it_has():
    font = Font()
    font.check("Größe naïve Ελλάδα Жизнь 100 € \u2013 \u201cquoted\u201d soft\u00adhyphen")
    for character in "今ع🙂":
        with pytest.raises(GlyphMissing, match=rf"U\+{ord(character):04X}"):
            font.check(f"fine {character}")


def test_what_is_no_font_is_refused(tmp_path: Path):
    for content in (b"", b"no font at all, but long enough for a header", b"\0" * 40):
        (tmp_path / "x.ttf").write_bytes(content)
        with pytest.raises(SettingRejected, match="expected a font"):
            Font(tmp_path / "x.ttf")
    with pytest.raises(SettingRejected, match="expected a font"):
        Font(tmp_path / "missing.ttf")
