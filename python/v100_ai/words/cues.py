"""Cues: words grouped as captions show them, and written as SubRip and WebVTT."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from v100_ai.words.word import Word, mark

LINES: Final = 2
"""Lines of a cue at most."""

CHARACTERS: Final = 42
"""Of a line, where nothing else is asked for."""

PAUSE_S: Final = 0.3
"""Seconds between two words that end a cue."""

MOST_WORDS: Final = 7
FEWEST_WORDS: Final = 3
"""Words of a burned cue: at most, and at least before a comma ends it."""

LINGER_S: Final = 0.8
"""Seconds that a cue stays after its last word, where the next leaves it the time."""

Width = Callable[[str], float]
"""How wide a text is, in the unit of the width that a line may have."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown at once: lines of words, and the seconds from and until which."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """Those of all lines."""
        return tuple(word for line in self.lines for word in line)


def cues(
    words: Sequence[Word],
    *,
    width: Width = len,
    most: float = CHARACTERS,
    lines: int = LINES,
    words_most: int | None = None,
) -> tuple[Cue, ...]:
    """The words in cues of at most so many lines, each at most `most` wide.

    A pause, another speaker and a sentence's end begin the next one; so does what no longer fits. A word wider than a
    line has one to itself.
    """
    groups: list[list[list[Word]]] = []
    for at, word in enumerate(words):
        if not groups or at == 0 or _breaks(words[at - 1], word, groups[-1], words_most):
            groups.append([[word]])
        elif width(joined([*groups[-1][-1], word])) <= most:
            groups[-1][-1].append(word)
        elif len(groups[-1]) < lines:
            groups[-1].append([word])
        else:
            groups.append([[word]])
    starts = [group[0][0].start for group in groups]
    result = []
    for at, group in enumerate(groups):
        said = [word for line in group for word in line]
        end = max(word.end for word in said) + LINGER_S
        if at + 1 < len(groups):
            end = min(end, starts[at + 1])
        end = max(end, said[0].start)
        result.append(Cue(said[0].start, end, tuple(map(tuple, group))))
    return tuple(result)


def _breaks(before: Word, word: Word, group: list[list[Word]], most: int | None) -> bool:
    count = sum(map(len, group))
    if word.start - before.end >= PAUSE_S or word.speaker != before.speaker:
        return True
    if most is not None and count >= most:
        return True
    last = mark(before.text)
    return last in ".?!…" or (last in ",;:" and most is not None and count >= FEWEST_WORDS)


def joined(words: Iterable[Word]) -> str:
    """The words as they are written: with spaces between, but none in scripts that have none."""
    text = ""
    for word in words:
        close = text and word.text and _wide(text[-1]) and _wide(word.text[0])
        text += word.text if not text or close else " " + word.text
    return text


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def srt(shown: Iterable[Cue]) -> str:
    """The cues as SubRip."""
    blocks = []
    for number, cue in enumerate(shown, 1):
        text = "\n".join(joined(line) for line in cue.lines)
        blocks.append(f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{text}\n")
    return "\n".join(blocks)


def vtt(shown: Iterable[Cue], *, timed: bool = False) -> str:
    """The cues as WebVTT, who speaks as a voice tag; where `timed`, with the time of each word in its cue."""
    blocks = ["WEBVTT\n"]
    for cue in shown:
        speaker = cue.words[0].speaker
        voice = f"<v {_annotation(speaker)}>" if speaker else ""
        text = "\n".join(_line(line, cue.start, timed=timed) for line in cue.lines)
        blocks.append(f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{voice}{text}\n")
    return "\n".join(blocks)


def _line(words: Sequence[Word], start: float, *, timed: bool) -> str:
    # A time within a cue has to lie after its start.
    return " ".join(
        (f"<{_stamp(w.start, '.')}>" if timed and w.start > start else "")
        + escape(w.text, quote=False)
        for w in words
    )


def _annotation(speaker: str) -> str:
    return escape(" ".join(speaker.split()))


def _stamp(seconds: float, point: str) -> str:
    thousandths = max(0, round(seconds * 1000))
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
