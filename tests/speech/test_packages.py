"""The stand-ins and we ourselves use what the real packages have. Runs where the extras asr and asr-demo are installed."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.speech import packages
from v100_ai.speech.sherpa_onnx import KINDS

pytestmark = pytest.mark.slow


def real(name: str, extra: str) -> Any:
    return pytest.importorskip(name, reason=f"not installed: pip install 'v100_ai[{extra}]'")


def parameters(call: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(call).parameters) - {"self", "cls", "more", "args", "kwargs"}


def test_faster_whisper_is_what_it_was_taken_for(monkeypatch: pytest.MonkeyPatch):
    theirs = real("faster_whisper", "asr").WhisperModel
    packages.faster_whisper(monkeypatch)
    from faster_whisper import WhisperModel as Ours  # noqa: PLC0415  # the stand-in

    for name in ("__init__", "transcribe"):
        assert parameters(getattr(Ours, name)) <= parameters(getattr(theirs, name))


def test_faster_whisper_tells_times_and_text():
    segment = real("faster_whisper.transcribe", "asr").Segment
    assert {"start", "end", "text", "words"} <= parameters(segment)
    word = real("faster_whisper.transcribe", "asr").Word
    assert {"start", "end", "word", "probability"} <= parameters(word)


def test_faster_whisper_refuses_a_folder_without_a_model_without_the_network(tmp_path: Path):
    model = real("faster_whisper", "asr").WhisperModel
    with pytest.raises((RuntimeError, ValueError, OSError)):
        model(str(tmp_path), local_files_only=True)


def test_sherpa_is_what_it_was_taken_for(monkeypatch: pytest.MonkeyPatch):
    theirs = real("sherpa_onnx", "asr").OfflineRecognizer
    stream = real("sherpa_onnx", "asr").OfflineStream
    packages.sherpa_onnx(monkeypatch)
    from sherpa_onnx import OfflineRecognizer as Ours  # noqa: PLC0415  # the stand-in

    for kind, files in KINDS.items():
        name = f"from_{kind}"
        assert parameters(getattr(Ours, name)) <= parameters(getattr(theirs, name))
        assert {*files, "tokens"} <= parameters(getattr(theirs, name))
    assert "language" in parameters(theirs.from_whisper)
    assert callable(theirs.create_stream)
    assert "s" in parameters(theirs.decode_stream)
    assert "sample_rate" in str(stream.accept_waveform.__doc__)
    assert hasattr(stream, "result")


def test_pocketsphinx_is_what_it_was_taken_for():
    theirs = real("pocketsphinx", "asr-demo").Decoder
    decoder = theirs(loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(b"\0\0" * 16_000, no_search=False, full_utt=True)
    decoder.end_utt()
    best = decoder.hyp()
    assert best is None or isinstance(best.hypstr, str)
    assert all(one.start_frame <= one.end_frame for one in decoder.seg() if one.word)
