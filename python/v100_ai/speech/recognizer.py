"""The seam: samples of one utterance in, what was said out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from v100_ai.words import Word

RATE: Final = 16_000
"""Samples a second of all sound that is recognised."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Text that is final, and where it lies: seconds from the first sample."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    """Each word with its times, where the engine tells them."""


class Recognizer(Protocol):
    """An engine with its model. It may take as long as the sound lasts, and longer: never call it in an event loop."""

    def __call__(self, samples: Samples) -> Sequence[Piece]:
        """What is said in mono sound of 16 bit at `RATE`, in order; nothing where nothing is said."""
        ...


Recognise = Callable[[bytes], Awaitable[Sequence[Piece]]]
"""A recogniser elsewhere: mono sound of 16 bit, little endian, at `RATE`."""


def seconds(count: int) -> float:
    """How long so many samples last."""
    return count / RATE


def floats(samples: Samples) -> NDArray[np.float32]:
    """Samples from -1 to 1, as the engines with neural models want them."""
    return samples.astype(np.float32) / 32_768.0


def whole(text: str, samples: Samples, words: tuple[Word, ...] = ()) -> list[Piece]:
    """One piece as long as the sound, for engines that tell none of pieces; none where there are no words."""
    said = " ".join(text.split())
    return [Piece(start=0.0, end=seconds(len(samples)), text=said, words=words)] if said else []
