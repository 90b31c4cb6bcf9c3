"""Transducer, Whisper and Moonshine models by sherpa-onnx, told apart by the files in the user's folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.speech.recognizer import RATE, Piece, Recognizer, Samples, floats, seconds, whole
from v100_ai.words import Word
from v100_ai.words.placing import settled

KINDS: Final = {
    "moonshine": {
        "preprocessor": "*preprocess*.onnx",
        "encoder": "*encode*.onnx",
        "uncached_decoder": "*uncached_decode*.onnx",
        "cached_decoder": "cached_decode*.onnx",
    },
    "transducer": {
        "encoder": "*encoder*.onnx",
        "decoder": "*decoder*.onnx",
        "joiner": "*joiner*.onnx",
    },
    "whisper": {"encoder": "*encoder*.onnx", "decoder": "*decoder*.onnx"},
}
"""The files of each kind of model by the argument that takes them; the first kind whose files are all there it is."""

TOKENS: Final = "*tokens.txt"


@dataclass(frozen=True, slots=True)
class _Sherpa:
    recognizer: Any

    def __call__(self, samples: Samples) -> Sequence[Piece]:
        stream = self.recognizer.create_stream()
        stream.accept_waveform(RATE, floats(samples))
        self.recognizer.decode_stream(stream)
        result = stream.result
        words = _words(result.tokens, result.timestamps, seconds(len(samples)))
        return whole(result.text, samples, words)


def _words(tokens: Sequence[str], times: Sequence[float], longest: float) -> tuple[Word, ...]:
    """Words of pieces of words: one begins where a piece does with a space, and lasts until the next.

    Models that tell no times (Whisper's and Moonshine's) have no words here.
    """
    if not times or len(times) != len(tokens):
        return ()
    words: list[Word] = []
    for token, at in zip(tokens, times, strict=True):
        text, start = token.replace("\u2581", " "), round(min(float(at), longest), 3)
        if text[:1].isspace() or not words:
            words.append(Word(text=text.strip(), start=start, end=longest))
        else:
            words[-1] = replace(words[-1], text=words[-1].text + text.strip())
    return settled(word for word in words if word.text)


def opened(model: Path, language: str) -> Recognizer:
    """The model in that folder. Raises `ExtraMissing`, and `SettingRejected` for what is no model."""
    kind, files = found(model)
    try:
        from sherpa_onnx import OfflineRecognizer  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("asr", "sherpa_onnx") from error
    given = {name: str(path) for name, path in files.items()}
    if kind == "whisper":
        given["language"] = language
    try:
        return _Sherpa(getattr(OfflineRecognizer, f"from_{kind}")(**given))
    except (RuntimeError, ValueError) as refused:
        raise SettingRejected(f"{model}: expected a {kind} model: {refused}") from refused


def found(model: Path) -> tuple[str, dict[str, Path]]:
    """What kind of model a folder holds, and its files by the argument that takes them. Raises `SettingRejected`."""
    tokens = _file(model, TOKENS)
    for kind, patterns in KINDS.items():
        files = {name: _file(model, pattern) for name, pattern in patterns.items()}
        whole_ = {name: path for name, path in {**files, "tokens": tokens}.items() if path}
        if len(whole_) == len(patterns) + 1:
            return kind, whole_
    names = "; ".join(f"{kind}: {', '.join(patterns.values())}" for kind, patterns in KINDS.items())
    held = ", ".join(sorted(each.name for each in model.iterdir())) or "nothing"
    raise SettingRejected(
        f"{model}: expected {TOKENS} and the files of {names}; found {held[:300]}"
    )


def _file(model: Path, pattern: str) -> Path | None:
    """The file of that pattern; of several the one of 8 bits, which is the faster on a processor."""
    files = sorted(model.glob(pattern), key=lambda path: (".int8." not in path.name, path.name))
    return files[0] if files else None
