"""What the command line may say, and who answers. Only the command that is asked for is imported."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

from v100_ai.cli.outcome import USAGE, Outcome

EPILOG: Final = (
    "exit status: 0 all measured, 1 input lost (what was measured is kept), 2 usage,"
    " 3 warnings with --strict, 4 a result could not be written"
)

COMMANDS: Final = {
    "analyze": "measure every frame of a video",
    "highlights": "what matters of a meeting's transcript",
    "score": "how much each five seconds would move people, and why",
    "transcribe": "speech to text, with a model of yours",
    "clips": "the best moments of a recording, ready to post",
    "edit": "a recording's transcript as a text to cut it by",
    "render": "an edited transcript as a video or a timeline",
    "serve": "serve meetings and streams over HTTP",
    "watch": "the events of a session as they happen",
    "tune": "limits and weights from streams and posts of your own",
    "keys": "make, list and revoke API keys",
    "backup": "copy the database while it is served",
    "restore": "make such a copy the database",
    "bench": "measure the speed of this machine",
}
"""Each is a module beside this one, with `configure` and `run`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    asked = next((word for word in given if not word.startswith("-")), "")
    try:
        options = parser(asked).parse_args(given)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else USAGE
    outcome: Outcome = _command(options.command).run(options)
    if outcome.said:
        sys.stderr.write(f"v100: {outcome.said}\n")
    return outcome.status


def parser(asked: str) -> argparse.ArgumentParser:
    """The command line, with all the words of the command that is asked for."""
    top = argparse.ArgumentParser(
        prog="v100",
        description="Live video intelligence that runs beside the media.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"v100_ai {version('v100_ai')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, does in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does, epilog=EPILOG)
        if name == asked:
            _command(name).configure(command)
    return top


def _command(name: str) -> Any:
    return import_module(f"v100_ai.cli.{name}")
