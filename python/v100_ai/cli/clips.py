"""`v100 clips`: the best moments of a recording, as files that are ready to post."""

import argparse
from pathlib import Path

from rich.console import Console

from v100_ai.cli import shaping
from v100_ai.cli.outcome import LOST, Outcome
from v100_ai.clips.making import clips
from v100_ai.clips.rendering import Rendered


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 clips` takes."""
    parser.description = (
        "Scores what is said, chooses moments between sentences, and renders each: cropped to what is seen, captioned "
        "word by word, levelled. The score is a signal to rank by, not a promise."
    )
    parser.add_argument("input", metavar="MEDIA", help="a file with picture and sound")
    parser.add_argument("--count", type=int, default=3, metavar="N", help="clips at most (default: 3)")  # fmt: skip
    parser.add_argument(
        "--seconds",
        type=_range,
        default=(15.0, 45.0),
        metavar="MIN-MAX",
        help="how long a clip may be (default: 15-45)",
    )
    parser.add_argument("--folder", type=Path, default=Path("clips"), metavar="DIR", help="where they are written (default: clips)")  # fmt: skip
    parser.add_argument(
        "--preview",
        action="store_true",
        help="the source's own pictures and sound, from the key frame before: in a moment, neither cropped nor captioned",
    )
    shaping.speech(parser)
    shaping.shape(parser)


def run(options: argparse.Namespace) -> Outcome:
    """Make them, and list what was made."""
    return shaping.outcome(lambda: _made(options))


def _made(options: argparse.Namespace) -> Outcome:
    console = Console(stderr=True)
    settings = shaping.shaped(options)
    aspects = settings.pop("aspects", ("9:16",))
    if options.preview:
        settings["kind"] = "preview"
    with shaping.bar(console, Path(options.input).name) as told:
        made = clips(
            options.input,
            transcript=shaping.spoken(options, options.input),
            count=options.count,
            aspect=aspects,
            seconds=options.seconds,
            folder=options.folder,
            progress=lambda number, stage, share: told(f"clip {number}: {stage}", share),
            **settings,
        )
    for each in made:
        console.print(_line(each), highlight=False)
    least, most = options.seconds
    if not made:
        return Outcome(LOST, f"no whole sentences between {least:g} and {most:g} s found")
    return Outcome()


def _line(made: Rendered) -> str:
    choice = made.decisions["choice"]
    span = f"{choice['start']:.1f}-{choice['end']:.1f} s"
    if "begins" in made.decisions:
        span += f", the preview from {made.decisions['begins']:.1f} s"
    text = choice["text"] if len(choice["text"]) <= 60 else choice["text"][:59] + "…"  # noqa: PLR2004  # a line
    return f"[bold]{made.file}[/bold]  {span}  rank {choice['rank_score']:.0f}  {_quoted(text)}"


def _quoted(text: str) -> str:
    return text.replace("[", r"\[")


def _range(text: str) -> tuple[float, float]:
    least, dash, most = text.partition("-")
    try:
        found = float(least), float(most)
    except ValueError:
        found = (0.0, 0.0)
    if not dash or not 0 < found[0] <= found[1]:
        raise argparse.ArgumentTypeError(f"expected MIN-MAX in seconds, found {text}")
    return found
