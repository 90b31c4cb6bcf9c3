"""`v100 analyze`: an input measured frame by frame into files, a report and a summary."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from rich.console import Console

from v100_ai.analysis import Analysis
from v100_ai.analyzers import ALIASES, FILE_LAYERS, LAYERS, MODELS
from v100_ai.cli import input_options, reference, summary, words
from v100_ai.cli.measuring import Run, Terminated
from v100_ai.cli.outcome import DONE, DOUBTED, LOST, STOPPED, TERMINATED, UNWRITTEN, USAGE, Outcome
from v100_ai.cli.progress import progress
from v100_ai.cli.results import Results, named, said
from v100_ai.errors import ExtraMissing, SettingRejected, TargetRefused, V100Error
from v100_ai.report import targets
from v100_ai.report.gallery import Gallery
from v100_ai.report.page import Report
from v100_ai.sources import Media, open_media
from v100_ai.sources.opening import STANDARD_INPUT

OUTPUTS: Final = (
    ("json", "one JSON object a frame, line by line"),
    ("csv", "one row a frame"),
    ("parquet", "one row a frame (needs the extra 'tables')"),
    ("html", "a report that needs no other file and no network"),
    ("summary", "one JSON object of all: the input, gaps, faults, cuts, figures, warnings, notes"),
)


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 analyze` takes."""
    add = command.add_argument
    add(
        "input",
        metavar="INPUT",
        help="a file or URL, or - for Y4M or a container on standard input",
    )
    for name, what in OUTPUTS:
        add(f"--{name}", metavar="OUT", help=f"{what}; - for standard output")
    add(
        "--json-header",
        action="store_true",
        help="--json begins with what the input says of itself and ends with --summary's object",
    )
    add(
        "--layers",
        type=words.layers,
        default=FILE_LAYERS,
        metavar="A,B",
        help=f"what to measure, any of {','.join(LAYERS)} (default: all but faces and deepfake)",
    )
    add(
        "--siti",
        choices=("legacy", "p910-2022"),
        default="legacy",
        help="the edition of ITU-T P.910 that SI and TI are of (default: legacy)",
    )
    add(
        "--face-boxes",
        metavar="BOXES",
        help="JSON lines of pts, x, y, w, h in samples: faces known already, for faces and deepfake",
    )
    add("--max-frames", type=words.count, metavar="N", help="stop after N frames")
    add(
        "--strict",
        action="store_true",
        help="exit status 3 where all was measured but there are warnings",
    )
    input_options.configure(command)
    reference.configure(command, models=(*MODELS, *ALIASES))


def run(options: argparse.Namespace) -> Outcome:
    """Measure, write and show."""
    try:
        with _terminable():
            reference.check(options)
            wanted = named(options)
            inputs = [
                each
                for each in (options.input, options.reference)
                if each not in {None, STANDARD_INPUT}
            ]
            targets.check(wanted, inputs)
            return _analyzed(options, wanted)
    except (ExtraMissing, reference.WrongWords, SettingRejected, TargetRefused) as wrong:
        return Outcome(USAGE, str(wrong))
    except V100Error as refused:
        return Outcome(LOST, str(refused))
    except OSError as refused:
        return Outcome(USAGE, f"cannot write: {said(refused)}")
    except Terminated:
        return Outcome(TERMINATED, "stopped before the first frame")
    except KeyboardInterrupt:
        return Outcome(STOPPED, "stopped before the first frame")


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: what was measured is written."""

    def stop(_: int, __: FrameType | None) -> NoReturn:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:
        # Only the main thread is told of signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _analyzed(options: argparse.Namespace, wanted: dict[str, str]) -> Outcome:
    console = Console(stderr=True)
    with ExitStack() as stack:
        media = stack.enter_context(open_media(options.input, read=input_options.options(options)))
        compared = reference.opened(options, media, stack)
        report = _report(options, media)
        results = stack.enter_context(Results.opened(wanted, headed=options.json_header))
        results.begin({"name": report.name, "version": report.version, **report.about})
        analysis = Analysis(
            options.input,
            options.layers,
            options.max_frames,
            siti=options.siti,
            face_boxes=options.face_boxes,
        )
        if compared is not None:
            report.against = compared.told
        expected = min(filter(None, (media.count, options.max_frames)), default=None)
        with progress(console, Path(report.name).name, expected) as bar:
            measured = Run(analysis, media, results, report, compared)
            outcome = measured.through(bar, pictures="html" in wanted)
        results.conclude(report)
    summary.show(console, report, decibels=options.ssim_db)
    return _ended(outcome, results, report, strict=options.strict)


def _report(options: argparse.Namespace, media: Media) -> Report:
    said_of_it = media.description
    return Report(
        "standard input" if options.input == STANDARD_INPUT else media.name,
        version("v100_ai"),
        gallery=Gallery.over(media.duration),
        codec=media.codec,
        rate=media.rate,
        about=said_of_it.to_json(),
        words=said_of_it.words(),
    )


def _ended(outcome: Outcome, results: Results, report: Report, *, strict: bool) -> Outcome:
    """The exit status: a stop before what could not be written, that before a broken input, that before doubts."""
    status, told = outcome.status, [outcome.said] if outcome.said else []
    failed = [f"cannot write: {reason}" for reason in results.failed.values()]
    if outcome.unheard:
        # A reader that leaves has had what it wanted; a full disk has not.
        status = LOST if results.left else UNWRITTEN
    elif failed:
        told += failed
        status = UNWRITTEN if status in {DONE, LOST} else status
    elif status == DONE and strict and report.warnings:
        status = DOUBTED
        told.append(f"{len(report.warnings)} warnings")
    return Outcome(status, "\nv100: ".join(told))
