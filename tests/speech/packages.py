"""Stand-ins for the engines' packages, with the names and signatures that theirs have (`test_packages` holds them to it).

Each writes down what it was given, and says what it is told to.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest


@dataclass
class Told:
    """What an engine was given, and what it hears."""

    made: dict[str, Any] = field(default_factory=dict)
    heard: list[Any] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    says: Any = "we will send the offer"
    refuses: Exception | None = None


def put(patch: pytest.MonkeyPatch, name: str, **holds: object) -> None:
    module = ModuleType(name)
    module.__spec__ = SimpleNamespace(name=name)  # type: ignore[assignment]  # enough for find_spec
    for each, thing in holds.items():
        setattr(module, each, thing)
    patch.setitem(sys.modules, name, module)


def faster_whisper(patch: pytest.MonkeyPatch) -> Told:
    """`says`: (start, end, text) of each segment."""
    told = Told(says=[(0.2, 1.0, " Hello there.")])

    class WhisperModel:
        def __init__(
            self, model_size_or_path: str, *, local_files_only: bool = False, **more: Any
        ) -> None:
            if told.refuses is not None:
                raise told.refuses
            told.made = {"path": model_size_or_path, "local": local_files_only, **more}

        def transcribe(
            self,
            audio: Any,
            language: str | None = None,
            task: str = "transcribe",
            *,
            condition_on_previous_text: bool = True,
            word_timestamps: bool = False,
        ) -> tuple[Iterator[SimpleNamespace], object]:
            told.heard.append(audio)
            told.asked = {"language": language, "before": condition_on_previous_text}
            segments = (
                SimpleNamespace(
                    start=a, end=b, text=c, words=_spread(a, b, c) if word_timestamps else None
                )
                for a, b, c in told.says
            )
            return segments, object()

    put(patch, "faster_whisper", WhisperModel=WhisperModel)
    return told


def _spread(start: float, end: float, text: str) -> list[SimpleNamespace]:
    """Words of one length, with a space before each as the package has it."""
    said = text.split()
    step = (end - start) / len(said) if said else 0.0
    return [
        SimpleNamespace(
            word=f" {each}", start=start + i * step, end=start + (i + 1) * step, probability=0.5
        )
        for i, each in enumerate(said)
    ]


class Stream:
    """Of sherpa-onnx: what one recogniser hears."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.result = SimpleNamespace(text="", tokens=[], timestamps=[])

    def accept_waveform(self, sample_rate: float, waveform: Any) -> None:
        assert waveform.dtype == np.float32
        self.told.heard.append((sample_rate, waveform))


class OfflineRecognizer:
    """Of sherpa-onnx; made by one class method for each kind of model."""

    told: Told
    kind: str

    @classmethod
    def from_whisper(
        cls, encoder: str, decoder: str, tokens: str, language: str = "en"
    ) -> "OfflineRecognizer":
        return cls("whisper", encoder=encoder, decoder=decoder, tokens=tokens, language=language)

    @classmethod
    def from_transducer(
        cls, encoder: str, decoder: str, joiner: str, tokens: str
    ) -> "OfflineRecognizer":
        return cls("transducer", encoder=encoder, decoder=decoder, joiner=joiner, tokens=tokens)

    @classmethod
    def from_moonshine(
        cls,
        preprocessor: str,
        encoder: str,
        uncached_decoder: str,
        cached_decoder: str,
        tokens: str,
    ) -> "OfflineRecognizer":
        return cls(
            "moonshine", preprocessor=preprocessor, encoder=encoder,
            uncached_decoder=uncached_decoder, cached_decoder=cached_decoder, tokens=tokens,
        )  # fmt: skip

    def __init__(self, kind: str, **files: str) -> None:
        if self.told.refuses is not None:
            raise self.told.refuses
        self.kind = kind
        self.told.made = {"kind": kind, **files}

    def create_stream(self) -> Stream:
        return Stream(self.told)

    def decode_stream(self, s: Stream) -> None:
        s.result.text = self.told.says
        if self.kind == "transducer":
            s.result.tokens = [" we", " w", "ill"]
            s.result.timestamps = [0.04, 0.4, 0.52]


def sherpa_onnx(patch: pytest.MonkeyPatch) -> Told:
    """`says`: the text of a stream."""
    told = Told()
    patch.setattr(OfflineRecognizer, "told", told, raising=False)
    put(patch, "sherpa_onnx", OfflineRecognizer=OfflineRecognizer)
    return told


def pocketsphinx(patch: pytest.MonkeyPatch) -> Told:
    """`says`: the words, or None for nothing."""
    told = Told()

    class Decoder:
        def __init__(self, **settings: Any) -> None:
            told.made = settings

        def start_utt(self) -> None:
            told.heard.append(b"")

        def process_raw(
            self, data: bytes, *, no_search: bool = False, full_utt: bool = False
        ) -> None:
            told.heard[-1] += data

        def end_utt(self) -> None:
            pass

        def hyp(self) -> SimpleNamespace | None:
            return None if told.says is None else SimpleNamespace(hypstr=told.says)

        def seg(self) -> list[SimpleNamespace]:
            said = ["<s>", *(told.says or "").split(), "<sil>"]
            return [
                SimpleNamespace(word=each, start_frame=10 * i, end_frame=10 * i + 9)
                for i, each in enumerate(said)
            ]

    put(patch, "pocketsphinx", Decoder=Decoder)
    return told
