"""`v100 tune deepfake`: a limit from one's own streams."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from v100_ai.analysis import Analysis, judged
from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.deepfake import NOTICE, Judge
from v100_ai.deepfake.calibration import SEGMENT_S, Peak, TooShort, calibrated
from v100_ai.errors import V100Error

LIST: Final = ".txt"


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 tune deepfake` takes."""
    command.add_argument(
        "--streams",
        required=True,
        metavar="DIR|LIST",
        help="a folder of real streams, or a .txt file that names one a line",
    )
    command.add_argument(
        "--alarms-per-hours",
        type=float,
        default=0.1,
        metavar="RATE",
        help="false alarms in an hour of one participant's picture (default: 0.1, one in ten hours)",
    )
    command.add_argument(
        "--out", metavar="FILE", help="where the calibration goes (default: standard output)"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Measure every stream; say what threshold they allow, and what it stands on."""
    try:
        streams = _streams(Path(options.streams))
    except OSError as refused:
        return Outcome(USAGE, f"cannot read streams: {refused}")
    if not streams:
        return Outcome(USAGE, f"expected streams in {options.streams}, found none")
    peaks, lost = _measured(streams)
    try:
        found = calibrated(peaks, len(streams) - lost, options.alarms_per_hours)
    except TooShort as refused:
        return Outcome(LOST, str(refused))
    text = json.dumps({name: value for name, value in asdict(found).items() if name != "sure"})
    try:
        _write(options.out, text)
    except OSError as refused:
        return Outcome(USAGE, f"cannot write: {refused}")
    claim = "enough" if found.sure else "not enough"
    sys.stderr.write(
        f"v100: {found.streams} streams, {found.hours:.1f} hours: {claim} to claim "
        f"{options.alarms_per_hours:g} alarms per hour at 95 %; {NOTICE}\n"
    )
    return Outcome(DONE)


def _measured(streams: list[Path]) -> tuple[list[Peak], int]:
    """The peaks of all streams, and how many could not be read; those are named."""
    peaks: list[Peak] = []
    lost = 0
    for stream in streams:
        try:
            peaks += _peaks(stream)
        except V100Error as refused:
            lost += 1
            sys.stderr.write(f"v100: left out: {stream}: {refused}\n")
    return peaks, lost


def _write(out: str | None, text: str) -> None:
    if out is None:
        sys.stdout.write(f"{text}\n")
    else:
        Path(out).write_text(f"{text}\n", encoding="utf-8")


def _streams(place: Path) -> list[Path]:
    """The files of a folder, or those that a list names, in order."""
    if place.is_dir():
        return sorted(each for each in place.rglob("*") if each.is_file())
    if place.suffix != LIST:
        return [place] if place.exists() else []
    lines = place.read_text(encoding="utf-8").splitlines()
    return [place.parent / line.strip() for line in lines if line.strip()]


def _peaks(stream: Path) -> Iterator[Peak]:
    """The greatest score of every ten minutes of one stream that could be judged."""
    judge = Judge()
    last: float | None = None
    held = most = 0.0
    for reading in Analysis(stream, ("deepfake",)):
        judgement = judged(judge, reading)
        step = 0.0 if last is None else min(max(reading.pts - last, 0.0), 1.0)
        last = reading.pts
        if judgement is None or judgement.score is None:
            continue
        most, held = max(most, judgement.score), held + step
        if held >= SEGMENT_S:
            yield Peak(most, held)
            held = most = 0.0
    if held > 0:
        yield Peak(most, held)
