"""The half of `v100 analyze` that compares the input with a reference."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from v100_ai.analyzers import MODELS
from v100_ai.cli import words
from v100_ai.comparison import Scored, Settings
from v100_ai.comparison.run import Run, beside
from v100_ai.frames import Frame
from v100_ai.report.page import Against
from v100_ai.sources import Media
from v100_ai.sources.opening import STANDARD_INPUT
from v100_ai.sources.thumbnail import thumbnail

EDGE: Final = 640
"""The longer edge of pictures side by side, in pixels."""

OFFSET_S: Final = 0.5
"""Seconds that a frame may lie apart from its reference, unless told."""


class WrongWords(ValueError):
    """Options that say nothing together."""


@dataclass(slots=True)
class Compared:
    """The comparison on its way into the report."""

    run: Run
    told: Against

    def offer(self, scored: Scored) -> None:
        """A frame that may be among the worst."""
        reading, reference = scored.reading, scored.reference
        if reading is None or reference is None or reading.vmaf is None:
            return

        def pictures() -> tuple[bytes | None, bytes | None]:
            return _picture(reference), _picture(scored.distorted)

        self.told.worst.offer(scored.frame, scored.distorted.pts, reading.vmaf, pictures)

    def conclude(self) -> None:
        """What is known when the last frame is through."""
        self.run.conclude()
        self.told.alignment = self.run.comparison.alignment
        vmaf = self.run.comparison.summary().get("vmaf")
        self.told.harmonic_mean = None if vmaf is None else vmaf.harmonic_mean


def configure(command: argparse.ArgumentParser, *, models: Sequence[str]) -> None:
    """What a comparison takes."""
    group = command.add_argument_group("comparison")
    add = group.add_argument
    add(
        "--reference",
        metavar="REFERENCE",
        help="score the input against this file or URL: SSIM, PSNR and VMAF of every frame",
    )
    add(
        "--model",
        choices=models,
        metavar="MODEL",
        help=f"VMAF's model, any of {', '.join(MODELS)} (default: {MODELS[0]})",
    )
    add(
        "--align",
        choices=("pts", "frame"),
        help="pair frames by time and content, or the n-th with the n-th (default: pts)",
    )
    add(
        "--max-offset",
        type=words.seconds,
        metavar="S",
        help="seconds that a frame may lie apart from its reference (default: 0.5; files are searched up to 10 by their beginnings)",
    )
    add(
        "--scale-to",
        choices=("reference", "model"),
        help="scale to the reference's size, or both to the model's screen (default: sizes must agree)",
    )
    add(
        "--threads",
        type=words.threads,
        metavar="N",
        help="threads that score; no figure depends on them (default: 1)",
    )
    add("--ssim-db", action="store_true", default=None, help="tell SSIM in dB as well")


def check(options: argparse.Namespace) -> None:
    """Raises `WrongWords` for what needs a reference without one, and for one pipe as both inputs."""
    if options.reference is None:
        words_ = ("model", "align", "scale_to", "threads", "max_offset", "ssim_db")
        given = [word for word in words_ if getattr(options, word) is not None]
        if given:
            raise WrongWords(f"--{given[0].replace('_', '-')} needs --reference")
    elif options.reference == options.input == STANDARD_INPUT:
        raise WrongWords("expected one input on standard input, found two")


def opened(options: argparse.Namespace, media: Media, stack: ExitStack) -> Compared | None:
    """The comparison that is asked for, its reference open for as long as `stack`."""
    if options.reference is None:
        return None
    model = options.model or MODELS[0]
    try:
        settings = Settings(
            model=model,
            align=options.align or "pts",
            scale_to=options.scale_to,
            threads=options.threads or 1,
            max_offset=options.max_offset or OFFSET_S,
        )
    except ValueError as wrong:
        raise WrongWords(str(wrong)) from wrong
    run = stack.enter_context(
        beside(options.reference, options.input, media, settings, options.max_frames)
    )
    name = "standard input" if options.reference == STANDARD_INPUT else run.reference.name
    return Compared(run, Against(name, model))


def _picture(frame: Frame) -> bytes | None:
    return thumbnail(frame, min(EDGE, max(frame.width, frame.height)))
