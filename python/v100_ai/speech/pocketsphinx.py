"""DEMONSTRATION ONLY: pocketsphinx, whose package has a model, so that sound becomes text without a network.

Of clear read speech it gets about one word in four wrong, of a meeting most; it writes no capitals, no punctuation and
no names that are not in its dictionary. For highlights that are of use bring a model for one of the other engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.speech.recognizer import Piece, Recognizer, Samples, whole

LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class _Sphinx:
    decoder: Any

    def __call__(self, samples: Samples) -> Sequence[Piece]:
        self.decoder.start_utt()
        self.decoder.process_raw(samples.astype("<i2").tobytes(), no_search=False, full_utt=True)
        self.decoder.end_utt()
        best = self.decoder.hyp()
        return [] if best is None else whole(best.hypstr, samples)


def opened(language: str) -> Recognizer:
    """The model that is in the package. Raises `ExtraMissing`, and `SettingRejected` for another language."""
    if language != LANGUAGE:
        raise SettingRejected(f"pocketsphinx: expected the language {LANGUAGE}, found {language}")
    try:
        from pocketsphinx import Decoder  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("asr-demo", "pocketsphinx") from error
    return _Sphinx(Decoder(loglevel="FATAL"))
