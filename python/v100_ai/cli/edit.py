"""`v100 edit`: the transcript of a recording as a text, whose struck words are cut from it."""

import argparse
from pathlib import Path

from rich.console import Console

from v100_ai.cli import shaping
from v100_ai.cli.outcome import Outcome
from v100_ai.clips.editing import edit
from v100_ai.edit.operations import TO_S


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 edit` takes."""
    parser.description = (
        "Writes MEDIA.edit.md: strike ~~words~~ in any editor, then `v100 render MEDIA.edit.md -o out.mp4`. "
        "Sounds that no word stands for are shown as [um?] for you to strike."
    )
    parser.add_argument("input", metavar="MEDIA", help="a file with picture and sound")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: MEDIA.edit.md")
    parser.add_argument("--fillers", action="store_true", help="strike um and uh")
    parser.add_argument(
        "--also", action="append", default=[], metavar="WORDS", help="strike these as well, such as 'you know'"
    )  # fmt: skip
    parser.add_argument(
        "--pauses",
        type=float,
        metavar="SECONDS",
        help=f"shorten pauses that are longer to {TO_S:g} s",
    )
    shaping.speech(parser)
    shaping.shape(parser)


def run(options: argparse.Namespace) -> Outcome:
    """Listen, strike what is asked for, and write."""
    return shaping.outcome(lambda: _written(options))


def _written(options: argparse.Namespace) -> Outcome:
    source = Path(options.input)
    made = edit(
        source, transcript=shaping.spoken(options, options.input), **shaping.shaped(options)
    )
    if options.fillers or options.also:
        made = made.fillers(language=options.language, also=options.also)
    if options.pauses is not None:
        made = made.pauses(options.pauses)
    path = made.write(options.output or source.with_suffix(".edit.md"))
    Console(stderr=True).print(f"{path}: {len(made.transcript)} words", highlight=False)
    return Outcome()
