"""`v100 score`: how much each five seconds of a recording or a transcript would move people, and why."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Final, TextIO

from v100_ai.cli.outcome import USAGE, Outcome
from v100_ai.errors import SettingRejected, V100Error
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.transcript import read
from v100_ai.viral.moment import Moment
from v100_ai.viral.scorer import ViralScorer, scored
from v100_ai.viral.table import Table, shipped

TRANSCRIPTS: Final = frozenset({".jsonl", ".json", ".vtt", ".srt"})
"""Endings of files that are read as transcripts; anything else is media."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 score` takes."""
    parser.add_argument("input", metavar="TRANSCRIPT", help="JSON lines, WebVTT or SubRip")
    parser.add_argument("--table", type=Path, metavar="TABLE", help="weights of yours, as `v100 tune viral` writes them")
    parser.add_argument("--json", type=Path, metavar="OUT", help="one JSON object a line; standard output if not given")


def run(options: argparse.Namespace) -> Outcome:
    """Score, then write a line for each five seconds."""
    try:
        table = Table.read(options.table) if options.table else shipped()
        moments = _of_transcript(Path(options.input), table)
        out = options.json.open("w", encoding="utf-8") if options.json else None
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except (V100Error, OSError) as refused:
        return Outcome(USAGE, str(refused))
    with out or nullcontext(sys.stdout) as target:
        for moment in moments:
            _write(target, moment)
    return Outcome()


def _of_transcript(path: Path, table: Table) -> Iterator[Moment]:
    segments: list[Segment] = read(path)
    return scored(segments, ViralScorer(table))


def _write(target: TextIO, moment: Moment) -> None:
    target.write(json.dumps({"type": "score", **moment.to_json()}, ensure_ascii=False) + "\n")
