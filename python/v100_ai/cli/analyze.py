"""`v100 analyze`: an input measured frame by frame into files, a report and a summary."""

import argparse
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from errno import ENOENT
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console

from v100_ai.analysis import Analysis, judged, signs
from v100_ai.analyzers import (
    ALIASES,
    FILE_LAYERS,
    LAYERS,
    MODELS,
    THREADS_MOST,
    FrameAnalyzer,
    Reading,
)
from v100_ai.cli import against, summary
from v100_ai.cli.against import Compared
from v100_ai.cli.outcome import DONE, LOST, STOPPED, USAGE, Outcome
from v100_ai.cli.progress import Progress, progress
from v100_ai.comparison import Scored
from v100_ai.deepfake import Judge
from v100_ai.errors import ExtraMissing, V100Error
from v100_ai.faults import Cut, Fault, Finder
from v100_ai.frames import Frame
from v100_ai.report import page
from v100_ai.report.gallery import Gallery
from v100_ai.report.page import Report
from v100_ai.report.rows import cells
from v100_ai.report.writers import Writer, csv_rows, json_lines, parquet
from v100_ai.sources import Media, open_media
from v100_ai.sources.media import STANDARD_INPUT
from v100_ai.sources.thumbnail import thumbnail

EVENTS: Final = 10_000
"""Faults and cuts that are kept for the report, of each."""


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 analyze` takes."""
    command.add_argument(
        "input", metavar="INPUT", help="a file or URL, or - for Y4M on standard input"
    )
    for name, what in (
        ("json", "one JSON object a frame, line by line; - for standard output"),
        ("csv", "one row a frame"),
        ("parquet", "one row a frame (needs the extra 'tables')"),
        ("html", "a report that needs no other file and no network"),
    ):
        command.add_argument(f"--{name}", metavar="OUT", help=what)
    command.add_argument(
        "--layers",
        type=_layers,
        default=FILE_LAYERS,
        metavar="A,B",
        help=f"what to measure, any of {','.join(LAYERS)} (default: all but those that say something of people: faces)",
    )
    command.add_argument(
        "--reference",
        metavar="REFERENCE",
        help="score the input against this file or URL: SSIM, PSNR and VMAF of every frame",
    )
    command.add_argument(
        "--model",
        choices=(*MODELS, *ALIASES),
        metavar="MODEL",
        help=f"VMAF's model, with --reference, any of {', '.join(MODELS)} (default: {MODELS[0]})",
    )
    command.add_argument(
        "--align",
        choices=("pts", "frame"),
        help="pair frames by time and content, or the n-th with the n-th (default: pts)",
    )
    command.add_argument(
        "--scale-to",
        choices=("reference", "model"),
        help="scale to the reference's size, or both to the model's screen (default: sizes must agree)",
    )
    command.add_argument(
        "--threads",
        type=_threads,
        metavar="N",
        help="threads that score, with --reference; no figure depends on them (default: 1)",
    )
    command.add_argument(
        "--face-boxes",
        metavar="BOXES",
        help="JSON lines of pts, x, y, w, h in samples: faces known already, for the layers faces and deepfake",
    )
    command.add_argument("--max-frames", type=_count, metavar="N", help="stop after N frames")


def run(options: argparse.Namespace) -> Outcome:
    """Measure, write and show."""
    try:
        against.check(options)
        _check_folders(options)
        return _analyzed(options)
    except (ExtraMissing, against.WrongWords) as wrong:
        return Outcome(USAGE, str(wrong))
    except V100Error as refused:
        return Outcome(LOST, str(refused))
    except OSError as refused:
        return Outcome(USAGE, f"cannot write: {_said(refused)}")


def _analyzed(options: argparse.Namespace) -> Outcome:
    console = Console(stderr=True)
    with ExitStack() as stack:
        media = stack.enter_context(open_media(options.input))
        writers = [*_writers(options, stack)]
        report = Report(
            "standard input" if options.input == STANDARD_INPUT else media.name,
            version("v100_ai"),
            gallery=Gallery.over(media.duration),
            codec=media.codec,
            rate=media.rate,
        )
        analysis = Analysis(options.input, options.layers, options.max_frames, options.face_boxes)
        compared = against.opened(options, media, stack)
        if compared is not None:
            report.against = compared.told
        expected = min(filter(None, (media.count, options.max_frames)), default=None)
        with progress(console, Path(report.name).name, expected) as bar:
            outcome = _Run(analysis, media, writers, report, compared).through(
                bar, pictures=bool(options.html)
            )
    if options.html:
        page.write(report, Path(options.html))
    summary.show(console, report)
    return outcome


@dataclass(slots=True)
class _Run:
    """One input on its way into the report and the files."""

    analysis: Analysis
    media: Media
    writers: list[Writer]
    report: Report
    against: Compared | None

    def through(self, bar: Progress, *, pictures: bool) -> Outcome:
        """Until the input ends, however it does; what was measured is kept."""
        outcome = Outcome(DONE)
        finder = Finder()
        try:
            self._measure(finder, bar, pictures=pictures)
        except V100Error as lost:
            self.report.lost = str(lost)
            outcome = Outcome(LOST, f"{lost}; {self.report.series.frames} frames kept")
        except OSError as refused:
            self.report.lost = f"cannot write: {_said(refused)}"
            outcome = Outcome(LOST, f"{self.report.lost}; {self.report.series.frames} frames kept")
        except KeyboardInterrupt:
            self.report.lost = "stopped by the user"
            outcome = Outcome(STOPPED, f"stopped; {self.report.series.frames} frames kept")
        if self.against is not None:
            self.against.conclude()
        self._note(finder.flush())
        return outcome

    def _measure(self, finder: Finder, bar: Progress, *, pictures: bool) -> None:
        judge = Judge()
        with closing(self._readings()) as readings:
            for index, (frame, reading, scored) in enumerate(readings):
                judgement = judged(judge, reading)
                row = cells(reading, index, scored and scored.reading, judgement)
                for writer in self.writers:
                    writer.push(row)
                self.report.series.push(row)
                cut = self._note(finder.push(index, frame.pts, signs(reading)))
                if pictures:
                    self.report.gallery.offer(index, frame.pts, partial(thumbnail, frame), cut=cut)
                    if self.against is not None and scored is not None:
                        self.against.offer(scored)
                bar.push(index + 1)

    def _readings(self) -> Generator[tuple[Frame, Reading, Scored | None], None, None]:
        """Each frame, what it measures, and how it compares where there is a reference."""
        if self.against is None:
            for frame, reading in self.analysis.measured(self.media):
                yield frame, reading, None
            return
        analyzer = FrameAnalyzer(self.analysis.layers)
        known = self.analysis.known()
        for scored in self.against.comparison.scored():
            frame = scored.distorted
            yield frame, analyzer.push(frame, faces=known.of(frame)), scored

    def _note(self, found: list[Fault | Cut]) -> bool:
        """Keep what was found; whether a cut is among it."""
        cuts = [each for each in found if isinstance(each, Cut)]
        faults = [each for each in found if isinstance(each, Fault)]
        self.report.cuts += cuts[: EVENTS - len(self.report.cuts)]
        self.report.faults += faults[: EVENTS - len(self.report.faults)]
        return bool(cuts)


def _writers(options: argparse.Namespace, stack: ExitStack) -> Iterator[Writer]:
    if options.json:
        yield stack.enter_context(json_lines(options.json))
    if options.csv:
        yield stack.enter_context(csv_rows(options.csv))
    if options.parquet:
        yield stack.enter_context(parquet(options.parquet))


def _check_folders(options: argparse.Namespace) -> None:
    """Some files are only written at the end: a place that is not there is told at the start."""
    for out in (options.json, options.csv, options.parquet, options.html):
        if out and not Path(out).parent.is_dir():
            raise FileNotFoundError(ENOENT, "no such folder", str(Path(out).parent))


def _said(refused: OSError) -> str:
    reason = refused.strerror or str(refused)
    where = f": {refused.filename}" if refused.filename else ""
    return f"{reason[:1].lower()}{reason[1:]}{where}"


def _layers(text: str) -> list[str]:
    layers = [each.strip() for each in text.split(",") if each.strip()]
    unknown = [each for each in layers if each not in LAYERS]
    if unknown or not layers:
        found = ", ".join(unknown) or "none"
        raise argparse.ArgumentTypeError(f"expected layers of {', '.join(LAYERS)}, found {found}")
    return layers


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= THREADS_MOST:
        raise argparse.ArgumentTypeError(f"expected 1 to {THREADS_MOST} threads, found {text}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number of frames from 1, found {text}")
    return int(text)
