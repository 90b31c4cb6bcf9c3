"""The v100 command."""

import argparse
from collections.abc import Sequence

from v100_ai.cli import highlights


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit status."""
    parser = argparse.ArgumentParser(prog="v100")
    subparsers = parser.add_subparsers(required=True)
    highlights.add_parser(subparsers)
    args = parser.parse_args(argv)
    status: int = args.run(args)
    return status
