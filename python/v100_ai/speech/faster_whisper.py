"""Whisper by faster-whisper, with a model folder of the user's (as CTranslate2 has it: model.bin, config.json, ...)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.speech.recognizer import Piece, Recognizer, Samples, floats, seconds
from v100_ai.words import Word
from v100_ai.words.placing import settled

WORDS: Final = "tokenizer.json"
"""Where it is missing the package would fetch it from the network."""


@dataclass(frozen=True, slots=True)
class _Whisper:
    model: Any
    language: str

    def __call__(self, samples: Samples) -> Sequence[Piece]:
        # Each utterance stands for itself: text of an earlier one would be made up again in silence.
        found, _ = self.model.transcribe(
            floats(samples),
            language=self.language,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        longest = seconds(len(samples))
        return [
            Piece(
                start=min(one.start, longest),
                end=min(one.end, longest),
                text=one.text.strip(),
                words=_words(one.words or (), longest),
            )
            for one in found
            if one.text.strip()
        ]


def _words(found: Iterable[Any], longest: float) -> tuple[Word, ...]:
    return settled(
        Word(
            text=one.word.strip(),
            start=round(min(float(one.start), longest), 3),
            end=round(min(float(one.end), longest), 3),
            confidence=round(float(one.probability), 4),
        )
        for one in found
        if one.word.strip()
    )


def opened(model: Path, language: str) -> Recognizer:
    """The model in that folder. Raises `ExtraMissing`, and `SettingRejected` for what is no model."""
    if not (model / WORDS).is_file():
        raise SettingRejected(f"{model}: expected {WORDS} beside the model, found none")
    try:
        from faster_whisper import WhisperModel  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("asr", "faster_whisper") from error
    try:
        # A path, and local: the package would fetch a name from the network.
        loaded = WhisperModel(str(model), local_files_only=True)
    except (RuntimeError, ValueError, OSError) as refused:
        raise SettingRejected(f"{model}: expected a model for CTranslate2: {refused}") from refused
    return _Whisper(loaded, language)
