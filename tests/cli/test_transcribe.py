"""`v100 transcribe`: a file's speech as the segments that `v100 highlights` reads."""

import json
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from tests.programs import program
from tests.speech import packages
from tests.speech.voices import talk
from v100_ai.cli import main
from v100_ai.highlights.transcript import read
from v100_ai.speech.recognizer import RATE, Samples


def wave(path: Path, samples: Samples) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    return wave(tmp_path / "said.wav", talk((2.0, 1.0), (1.0, 1.0)))


def test_speech_becomes_a_transcript_with_highlights(
    speech: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    packages.pocketsphinx(monkeypatch).says = "i'll send the offer to everybody by friday"
    out = tmp_path / "said.jsonl"
    asked = ["--engine", "pocketsphinx", "--participant", "Ana", "--json", str(out)]
    assert main(["transcribe", str(speech), *asked]) == 0
    segments = read(out)
    assert [(one.id, one.participant) for one in segments] == [("s1", "Ana"), ("s2", "Ana")]
    assert [one.start for one in segments] == pytest.approx([0.0, 2.7], abs=0.1)
    assert main(["highlights", str(out)]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (found["type"], found["assignee"]) == ("action_item", "Ana")


def test_without_a_file_it_goes_to_standard_output(
    speech: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    packages.pocketsphinx(monkeypatch).says = "oui, ça va"
    assert main(["transcribe", str(speech), "--engine", "pocketsphinx"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[0])["text"] == "oui, ça va"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--engine", "faster-whisper"], "expected the folder of a model"),
        (["--engine", "pocketsphinx", "--language", "de"], "expected the language en"),
        (["--engine", "pocketsphinx", "--json", "/nowhere/x"], "/nowhere/x"),
    ],
)
def test_what_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    said: str,
):
    packages.pocketsphinx(monkeypatch)
    assert main(["transcribe", "said.wav", *asked]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    packages.pocketsphinx(monkeypatch)
    assert main(["transcribe", str(tmp_path / "no.wav"), "--engine", "pocketsphinx"]) == 1
    assert "no.wav" in capsys.readouterr().err


@pytest.mark.slow
def test_the_demonstration_speech_to_highlight_without_a_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """With the real pocketsphinx and its own model, and a voice that is made here too."""
    pytest.importorskip("pocketsphinx", reason="not installed: pip install 'v100_ai[asr-demo]'")
    voice = program("espeak-ng", package="espeak-ng")
    spoken, out = tmp_path / "spoken.wav", tmp_path / "spoken.jsonl"
    said = "where do we want to go from here"
    manner = ["-v", "en-us+f3", "-s", "125", "-g", "2", "-w", str(spoken)]
    subprocess.run([voice, *manner, said], check=True)
    assert main(["transcribe", str(spoken), "--engine", "pocketsphinx", "--json", str(out)]) == 0
    (segment,) = read(out)
    assert segment.text.startswith("where do we want to go")
    assert main(["highlights", str(out), "--no-budget"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["type"] == "question"
    assert np.isfinite(segment.end)
