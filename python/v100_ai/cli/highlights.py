"""`v100 highlights`: the highlights of a recorded transcript, as they would have come live."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TextIO

from v100_ai.highlights.finding import KINDS, Kind
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.highlight import Change, to_json
from v100_ai.highlights.ledger import Ledger
from v100_ai.highlights.people import Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.transcript import read


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `highlights` to the command's subcommands."""
    parser = subparsers.add_parser(
        "highlights",
        help="questions, action items, decisions, topics and sentiment of a transcript",
        description="Replays a transcript (JSON lines, WebVTT or SubRip) as if it were live.",
    )
    parser.add_argument("transcript", type=Path)
    parser.add_argument("--engine", choices=["rules", "claude"], default="rules")
    parser.add_argument("--roster", type=Path, help="who was invited: JSON, or 'Name <address>' lines")
    parser.add_argument("--categories", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND",
                        help=f"any of {', '.join(KINDS)}")  # fmt: skip
    parser.add_argument("--no-budget", action="store_true", help="show everything found")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write events to this file")
    parser.add_argument("--start", type=datetime.fromisoformat, metavar="TIME",
                        help="when the meeting began, ISO 8601 with a time zone: dates deadlines")  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit status: 0, or 2 when an input cannot be used."""
    try:
        segments = read(args.transcript)
        roster = Roster.parse(args.roster.read_text("utf-8")) if args.roster else Roster()
        calendar = Calendar(args.start) if args.start else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"v100 highlights: {error}\n")
        return 2
    kinds: frozenset[Kind] = frozenset(args.categories)
    ledger = Ledger(governor=None if args.no_budget else Governor())
    rules = Rules(roster=roster, calendar=calendar, kinds=kinds)
    with args.json.open("w", encoding="utf-8") if args.json else nullcontext(sys.stdout) as out:
        _write(_replay(segments, rules, ledger), out)
    return 0


def _replay(segments: Iterable[Segment], rules: Rules, ledger: Ledger) -> Iterator[Change]:
    now = 0.0
    for segment in segments:
        now = max(now, segment.end)
        yield from ledger.record(rules.push(segment), now, "confirmed")
    yield from ledger.close(now)


def _write(changes: Iterable[Change], out: TextIO) -> None:
    for change in changes:
        out.write(json.dumps({"event": change.kind, **to_json(change.highlight)}) + "\n")
