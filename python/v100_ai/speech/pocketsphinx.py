"""DEMONSTRATION ONLY: pocketsphinx, whose package has a model, so that sound becomes text without a network.

Of clear read speech it gets about one word in four wrong, of a meeting most; it writes no capitals, no punctuation and
no names that are not in its dictionary. For highlights that are of use bring a model for one of the other engines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.speech.recognizer import Piece, Recognizer, Samples, seconds, whole
from v100_ai.words import Word
from v100_ai.words.placing import settled

LANGUAGE: Final = "en"

FRAMES: Final = 100
"""A second, in which it counts."""


@dataclass(frozen=True, slots=True)
class _Sphinx:
    decoder: Any

    def __call__(self, samples: Samples) -> Sequence[Piece]:
        self.decoder.start_utt()
        self.decoder.process_raw(samples.astype("<i2").tobytes(), no_search=False, full_utt=True)
        self.decoder.end_utt()
        best = self.decoder.hyp()
        if best is None:
            return []
        return whole(best.hypstr, samples, _words(self.decoder.seg(), seconds(len(samples))))


def _words(found: Iterable[Any], longest: float) -> tuple[Word, ...]:
    """Its words; what it writes in brackets is silence, noise, or another way to say the word before."""
    spoken = ((one, one.word.split("(")[0]) for one in found)
    return settled(
        Word(
            text=text,
            start=round(min(one.start_frame / FRAMES, longest), 3),
            end=round(min((one.end_frame + 1) / FRAMES, longest), 3),
        )
        for one, text in spoken
        if text and not text.startswith(("<", "["))
    )


def opened(language: str) -> Recognizer:
    """The model that is in the package. Raises `ExtraMissing`, and `SettingRejected` for another language."""
    if language != LANGUAGE:
        raise SettingRejected(f"pocketsphinx: expected the language {LANGUAGE}, found {language}")
    try:
        from pocketsphinx import Decoder  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("asr-demo", "pocketsphinx") from error
    return _Sphinx(Decoder(loglevel="FATAL"))
