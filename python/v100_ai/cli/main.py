"""What the command line may say, and who answers."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from v100_ai.analyzers import ALIASES, LAYERS, MODELS
from v100_ai.cli import analyze, bench, highlights, serve, transcribe, watch
from v100_ai.cli.outcome import USAGE, Outcome

EPILOG: Final = "exit status: 0 all measured, 1 input lost (what was measured is kept), 2 usage"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else USAGE
    commands = {
        "analyze": analyze.run,
        "bench": bench.run,
        "highlights": highlights.run,
        "keys": serve.run_keys,
        "serve": serve.run,
        "transcribe": transcribe.run,
        "watch": watch.run,
    }
    outcome: Outcome = commands[options.command](options)
    if outcome.said:
        sys.stderr.write(f"v100: {outcome.said}\n")
    return outcome.status


def parser() -> argparse.ArgumentParser:
    """All of the command line."""
    top = argparse.ArgumentParser(
        prog="v100",
        description="Live video intelligence that runs beside the media.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"v100_ai {version('v100_ai')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _analyze(commands.add_parser("analyze", help="measure every frame of a video", epilog=EPILOG))
    highlights.configure(
        commands.add_parser("highlights", help="what matters of a meeting's transcript")
    )
    transcribe.configure(
        commands.add_parser("transcribe", help="speech to text, with a model of yours")
    )
    speed = commands.add_parser("bench", help="measure the speed of this machine")
    speed.add_argument("--json", action="store_true", help="rows as JSON on standard output")
    serve.configure(commands.add_parser("serve", help="serve meetings and streams over HTTP"))
    watch.configure(commands.add_parser("watch", help="the events of a session as they happen"))
    serve.configure_keys(commands.add_parser("keys", help="make, list and revoke API keys"))
    return top


def _analyze(command: argparse.ArgumentParser) -> None:
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
        default=LAYERS,
        metavar="A,B",
        help=f"what to measure, any of {','.join(LAYERS)} (default: all)",
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
    command.add_argument("--max-frames", type=_count, metavar="N", help="stop after N frames")


def _layers(text: str) -> list[str]:
    layers = [each.strip() for each in text.split(",") if each.strip()]
    unknown = [each for each in layers if each not in LAYERS]
    if unknown or not layers:
        found = ", ".join(unknown) or "none"
        raise argparse.ArgumentTypeError(f"expected layers of {', '.join(LAYERS)}, found {found}")
    return layers


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number of frames from 1, found {text}")
    return int(text)
