"""`v100 tune`: limits and weights from what is one's own."""

import argparse
from importlib import import_module
from typing import Any, Final

from v100_ai.cli.outcome import Outcome

TUNED: Final = {
    "alerts": "limits of alerts, from readings of yours and when something was really wrong",
    "deepfake": "a threshold, from real streams of yours",
    "viral": "the weights of the viral score, from what became of your posts",
}
"""Each is a module of `cli/tuning`."""


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 tune` takes."""
    what = command.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, does in TUNED.items():
        _module(name).configure(what.add_parser(name, help=does, description=does))


def run(options: argparse.Namespace) -> Outcome:
    """Tune what was asked for."""
    outcome: Outcome = _module(options.what).run(options)
    return outcome


def _module(name: str) -> Any:
    return import_module(f"v100_ai.cli.tuning.{name}")
