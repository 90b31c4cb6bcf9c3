"""Each engine behind the one seam: what it is given, what it gives, and what it says when it cannot."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.speech import packages
from tests.speech.voices import hum
from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.records import Engine
from v100_ai.speech.engines import NEEDS, check, opened

WHISPER = ("tiny-encoder.onnx", "tiny-decoder.onnx", "tiny-tokens.txt")
TRANSDUCER = ("encoder-1.onnx", "decoder-1.onnx", "joiner-1.onnx", "tokens.txt")
MOONSHINE = (
    *("preprocess.onnx", "encode.int8.onnx", "uncached_decode.int8.onnx"),
    *("cached_decode.int8.onnx", "tokens.txt"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a model lies."""
    (tmp_path / "tokenizer.json").write_text("{}")
    return tmp_path


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def test_whisper_is_a_local_folder_and_each_utterance_stands_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    told = packages.faster_whisper(monkeypatch)
    told.says = [(0.2, 1.0, " Hello there."), (1.0, 9.0, " Bye. "), (1.5, 1.6, "  ")]
    recognise = opened("faster-whisper", folder, "de")
    samples = hum(2.0)
    hello, bye = recognise(samples)
    assert (hello.start, hello.end, hello.text) == (0.2, 1.0, "Hello there.")
    assert [(one.text, one.start, one.end) for one in hello.words] == [
        ("Hello", 0.2, 0.6),
        ("there.", 0.6, 1.0),
    ]
    assert {one.confidence for one in hello.words} == {0.5}
    assert (bye.start, bye.end, bye.text) == (1.0, 2.0, "Bye.")
    # Within the sound, and never longer than anybody takes for a word.
    assert [(one.start, one.end) for one in bye.words] == [(1.0, 2.0)]
    assert told.made == {"path": str(folder), "local": True}
    assert told.asked == {"language": "de", "before": False}
    (audio,) = told.heard
    assert audio.dtype == np.float32
    assert np.abs(audio).max() <= 1.0
    assert np.allclose(audio * 32_768, samples)


def test_whisper_never_goes_to_the_network_for_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told = packages.faster_whisper(monkeypatch)
    with pytest.raises(SettingRejected, match=r"tokenizer\.json"):
        opened("faster-whisper", tmp_path)
    assert told.made == {}


@pytest.mark.parametrize(
    ("kind", "names"),
    [("whisper", WHISPER), ("transducer", TRANSDUCER), ("moonshine", MOONSHINE)],
)
def test_sherpa_tells_a_model_by_its_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, names: tuple[str, ...]
):
    told = packages.sherpa_onnx(monkeypatch)
    recognise = opened("sherpa-onnx", put(folder, *names))
    assert told.made.pop("kind") == kind
    assert told.made.pop("language", "en") == "en"
    assert sorted(Path(path).name for path in told.made.values()) == sorted(names)
    (piece,) = recognise(hum(1.5))
    assert (piece.start, piece.end, piece.text) == (0.0, 1.5, "we will send the offer")
    words = [(one.text, one.start, one.end) for one in piece.words]
    # Only a transducer tells when; a word lasts until the next.
    assert words == ([("we", 0.04, 0.4), ("will", 0.4, 1.4)] if kind == "transducer" else [])
    ((rate, audio),) = told.heard
    assert (rate, len(audio)) == (16_000, 24_000)


def test_sherpa_takes_the_small_file_where_there_are_two(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    told = packages.sherpa_onnx(monkeypatch)
    opened("sherpa-onnx", put(folder, *WHISPER, "tiny-encoder.int8.onnx"))
    assert told.made["encoder"].endswith("tiny-encoder.int8.onnx")
    assert told.made["decoder"].endswith("tiny-decoder.onnx")


def test_sherpa_says_which_files_it_expected(folder: Path, monkeypatch: pytest.MonkeyPatch):
    packages.sherpa_onnx(monkeypatch)
    with pytest.raises(SettingRejected, match=r"joiner.*found model\.bin, tokenizer\.json"):
        opened("sherpa-onnx", put(folder, "model.bin"))


def test_pocketsphinx_needs_nothing_but_its_package(monkeypatch: pytest.MonkeyPatch):
    told = packages.pocketsphinx(monkeypatch)
    recognise = opened("pocketsphinx", None)
    samples = hum(1.0)
    (piece,) = recognise(samples)
    assert piece.text == "we will send the offer"
    assert [one.text for one in piece.words] == piece.text.split()
    assert [one.start for one in piece.words] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert told.heard == [samples.tobytes()]
    told.says = None
    assert recognise(samples) == []
    with pytest.raises(SettingRejected, match="language en"):
        opened("pocketsphinx", None, "de")


@pytest.mark.parametrize("engine", NEEDS)
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
):
    needs = NEEDS[engine]
    monkeypatch.setattr("v100_ai.speech.engines.find_spec", lambda _: None)
    with pytest.raises(ExtraMissing, match=rf"v100_ai\[{needs.extra}\]"):
        check(engine, folder if needs.model else None)


@pytest.mark.parametrize("engine", ["faster-whisper", "sherpa-onnx"])
def test_a_model_is_the_users_to_bring(tmp_path: Path, engine: Engine):
    with pytest.raises(SettingRejected, match="folder of a model, found None"):
        check(engine, None)
    with pytest.raises(SettingRejected, match="folder of a model"):
        check(engine, tmp_path / "missing")


def test_the_demonstration_takes_no_model(tmp_path: Path):
    with pytest.raises(SettingRejected, match="expected no model"):
        check("pocketsphinx", tmp_path)


@pytest.mark.parametrize("engine", ["faster-whisper", "sherpa-onnx"])
def test_what_is_no_model_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine):
    fake = {"faster-whisper": packages.faster_whisper, "sherpa-onnx": packages.sherpa_onnx}[engine]
    fake(monkeypatch).refuses = RuntimeError("Unable to open file 'model.bin'")
    with pytest.raises(SettingRejected, match=r"Unable to open file 'model\.bin'"):
        opened(engine, put(folder, *WHISPER))


def test_no_engine_is_imported_before_it_is_asked_for():
    code = "import sys, v100_ai.speech.engines; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "v100_ai.speech.engines" in loaded
    assert not {"faster_whisper", "sherpa_onnx", "pocketsphinx"} & loaded
