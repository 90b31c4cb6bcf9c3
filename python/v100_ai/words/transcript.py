"""Transcript: all words of a source, immutable, and how they fall into sentences."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from v100_ai.words.placing import placed, settled
from v100_ai.words.word import Word

PUNCTUATED: Final = 1 / 60
"""Sentences' ends in a word from which a text counts as punctuated: the longest common sentence has some 40 words."""

PAUSE_S: Final = 0.6
"""Seconds of silence that end a sentence where nothing is punctuated."""

LONG_PAUSE_S: Final = 1.5
"""Seconds of silence that end a sentence whatever was written."""

_STOP = re.compile(r"[.?!…。？！][\"'”’)\]]*$")  # noqa: RUF001  # as they are written in Chinese and Japanese
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|St|Prof|vs|etc|e\.g|i\.e|[A-Z])\.$")


class Spoken(Protocol):
    """A stretch of speech, with times of its words or without: a segment of a transcript."""

    @property
    def participant(self) -> str: ...  # noqa: D102  # who says it
    @property
    def start(self) -> float: ...  # noqa: D102
    @property
    def end(self) -> float: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> tuple[Word, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words `first` to `last`, that one included, of one speaker."""

    first: int
    last: int
    start: float
    end: float
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time. A word's id is its place, from 0: it never changes, as the transcript never does."""

    words: tuple[Word, ...]
    breaks: frozenset[int] = frozenset()
    """Words with which a segment of the source ended."""

    @classmethod
    def of(cls, segments: Iterable[Spoken]) -> "Transcript":
        """The words of segments; where a segment tells none they are placed by their length."""
        said: list[tuple[Word, bool]] = []
        for each in segments:
            words = each.words or placed(each.text, each.start, each.end, each.participant)
            said += [(word, index == len(words) - 1) for index, word in enumerate(words)]
        said.sort(key=lambda pair: (pair[0].start, pair[0].end))
        ends = frozenset(index for index, (_, last) in enumerate(said) if last)
        return cls(settled(word for word, _ in said), ends)

    def __len__(self) -> int:
        return len(self.words)

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(word.text for word in self.words)

    @property
    def estimated(self) -> bool:
        """Whether times of words follow from those of segments."""
        return any(word.estimated for word in self.words)

    @property
    def digest(self) -> str:
        """What tells one transcript from another: SHA-256 over words and times."""
        told = "\n".join(f"{w.start:.3f} {w.end:.3f} {w.speaker}\t{w.text}" for w in self.words)
        return sha256(told.encode()).hexdigest()

    def between(self, start: float, end: float) -> range:
        """The ids of words that lie wholly between two moments of the source."""
        inside = [i for i, word in enumerate(self.words) if word.start >= start and word.end <= end]
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences: by punctuation where there is some, else by segments; a pause or another voice ends one too."""
        return tuple(_sentences(self))


def _sentences(transcript: Transcript) -> Iterator[Sentence]:
    words = transcript.words
    stops = sum(stops_here(word.text) for word in words)
    punctuated = stops >= PUNCTUATED * len(words)
    first = 0
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else None
        pause = LONG_PAUSE_S if punctuated else PAUSE_S
        ended = stops_here(word.text) if punctuated else at in transcript.breaks
        if (
            after is None
            or ended
            or after.speaker != word.speaker
            or after.start - word.end >= pause
        ):
            yield _sentence(words, first, at)
            first = at + 1


def _sentence(words: Sequence[Word], first: int, last: int) -> Sentence:
    said = words[first : last + 1]
    return Sentence(
        first=first,
        last=last,
        start=said[0].start,
        end=max(word.end for word in said),
        speaker=said[0].speaker,
        text=" ".join(word.text for word in said),
    )


def stops_here(word: str) -> bool:
    """Whether a sentence ends with it, as it is written."""
    return bool(_STOP.search(word)) and not _TITLE.match(word)
