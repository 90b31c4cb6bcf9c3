"""`v100 bench`: what the layers cost on this machine."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from v100_ai.bench import Row, machine, rows
from v100_ai.cli.outcome import Outcome


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 bench` takes."""
    command.add_argument("--json", action="store_true", help="rows as JSON on standard output")


def run(options: argparse.Namespace) -> Outcome:
    """Measure, then print the rows as a table or as JSON."""
    found = list(rows())
    if options.json:
        told = {"machine": machine(), "rows": [asdict(row) for row in found]}
        json.dump(told, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        Console().print(f"{machine()}; medians, one core", table(found), sep="\n")
    return Outcome()


def table(found: Sequence[Row]) -> Table:
    """The rows for a reader; a target that is missed stands out."""
    shown = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("what", "value", "unit", "target", "reached", "note"):
        shown.add_column(title, justify="right" if title == "value" else "left")
    for row in found:
        reached = {True: Text("yes"), False: Text("no", style="bold red"), None: Text("")}
        shown.add_row(
            Text(row.what),
            f"{row.value:,.3g}",
            Text(row.unit),
            Text(row.target),
            reached[row.reached],
            Text(row.note, style="dim"),
        )
    return shown
