"""`v100 render`: a document of an edit as a video, or as a timeline for an editing program."""

import argparse
from pathlib import Path

from rich.console import Console

from v100_ai.cli import shaping
from v100_ai.cli.outcome import Outcome
from v100_ai.clips.editing import opened


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 render` takes."""
    parser.add_argument(
        "input", type=Path, metavar="DOCUMENT", help="an edit as `v100 edit` writes it"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="an .mp4; or a timeline: .otio, .xml (Final Cut Pro 7), .fcpxml or .edl",
    )
    shaping.shape(parser)


def run(options: argparse.Namespace) -> Outcome:
    """Render or export."""
    return shaping.outcome(lambda: _made(options))


def _made(options: argparse.Namespace) -> Outcome:
    console = Console(stderr=True)
    made = opened(options.input, **shaping.shaped(options))
    if options.output.suffix.lower() != ".mp4":
        console.print(f"{made.export(options.output)}", highlight=False)
        return Outcome()
    with shaping.bar(console, options.output.name) as told:
        done = made.render(options.output, progress=told)
    console.print(f"[bold]{done.file}[/bold]  {done.duration:.1f} s", highlight=False)
    return Outcome()
