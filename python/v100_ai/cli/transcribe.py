"""`v100 transcribe`: the speech of a file as segments of a transcript, which `v100 highlights` reads."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from v100_ai.cli.outcome import LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, SourceLost
from v100_ai.highlights.model import Segment
from v100_ai.records import Engine
from v100_ai.sources.sound import sound
from v100_ai.speech.engines import ENGINES, opened
from v100_ai.speech.recognizer import RATE, Recognizer
from v100_ai.speech.utterances import Utterance, Utterances
from v100_ai.words.placing import shifted


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 transcribe` takes."""
    parser.description = (
        "Recognises speech with a model of yours. pocketsphinx, whose package has a model, only "
        "demonstrates that it works without a network: expect a quarter to most of the words to be wrong."
    )
    parser.add_argument("audio", metavar="AUDIO", help="a file or URL with sound in it")
    parser.add_argument("--engine", required=True, choices=ENGINES)
    parser.add_argument(
        "--model",
        type=Path,
        metavar="DIR",
        help="the folder of the model: CTranslate2's for faster-whisper; a transducer, Whisper or Moonshine for sherpa-onnx",
    )
    parser.add_argument("--language", default="en", help="what is spoken (default: en)")
    parser.add_argument(
        "--participant", default="speaker", metavar="NAME", help="whose voice it is"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write segments to this file")


def run(options: argparse.Namespace) -> Outcome:
    """What was recognised until the sound was lost stands."""
    try:
        recognise = opened(options.engine, options.model, options.language)
        out = options.json.open("w", encoding="utf-8") if options.json else None
    except (ExtraMissing, SettingRejected, OSError) as error:
        return Outcome(USAGE, str(error))
    with out or nullcontext(sys.stdout) as target:
        try:
            for segment in _segments(options.audio, recognise, options.participant):
                target.write(json.dumps(_line(segment), ensure_ascii=False) + "\n")
                target.flush()
        except SourceLost as lost:
            return Outcome(LOST, str(lost))
    return Outcome()


def recognised(
    audio: str, engine: Engine, model: Path | None, language: str = "en"
) -> Iterator[Segment]:
    """What is said in a file, as segments with words where the engine tells them. Raises as `opened` and `sound` do."""
    return _segments(audio, opened(engine, model, language), "")


def _segments(audio: str, recognise: Recognizer, participant: str) -> Iterator[Segment]:
    count = 0
    for utterance in _utterances(audio):
        for piece in recognise(utterance.samples):
            count += 1
            start, end = utterance.start + piece.start, utterance.start + piece.end
            words = shifted(piece.words, utterance.start, participant)
            yield Segment(
                id=f"s{count}",
                participant=participant,
                start=round(start, 3),
                end=round(end, 3),
                text=piece.text,
                words=words,
            )


def _line(segment: Segment) -> dict[str, Any]:
    """A line as it is written; times are seconds from the start of the file."""
    told: dict[str, Any] = {
        "id": segment.id,
        "participant": segment.participant,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
    }
    if segment.words:
        told["words"] = [word.to_json() for word in segment.words]
    return told


def _utterances(audio: str) -> Iterator[Utterance]:
    cut = Utterances()
    for samples in sound(audio, RATE):
        yield from cut.push(samples)
    yield from cut.flush()
