"""`v100 highlights`: the highlights of a recorded transcript, as they would have come live."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from v100_ai.cli.outcome import DONE, USAGE, Outcome
from v100_ai.events.highlights import HighlightCreated, HighlightUpdated
from v100_ai.highlights.finding import KINDS
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.meeting import Event, Meeting
from v100_ai.highlights.people import Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.transcript import read

KEY = "ANTHROPIC_API_KEY"


class _Forgetful:
    """The log of a replay: there is nothing to come back to."""

    def append(self, record: dict[str, Any]) -> None:
        """Keep nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 highlights` may be told."""
    parser.description = "Replays a transcript (JSON lines, WebVTT or SubRip) as if it were live."
    parser.add_argument("transcript", type=Path)
    parser.add_argument("--engine", choices=["rules", "claude"], default="rules",
                        help=f"claude needs {KEY} and the extra haiku; the rules stand by")  # fmt: skip
    parser.add_argument("--model", default=None, help="the Claude model to ask")
    parser.add_argument(
        "--roster", type=Path, help="who was invited: JSON, or 'Name <address>' lines"
    )
    parser.add_argument("--categories", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND",
                        help=f"any of {', '.join(KINDS)}")  # fmt: skip
    parser.add_argument("--no-budget", action="store_true", help="show everything found")
    parser.add_argument("--start", type=datetime.fromisoformat, metavar="TIME",
                        help="when the meeting began, ISO 8601 with a time zone: dates deadlines")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="OUT", help="write events to this file")


def run(args: argparse.Namespace) -> Outcome:
    """Usage is at fault when an input cannot be used."""
    key = os.environ.get(KEY, "")
    if args.engine == "claude" and not key:
        return Outcome(USAGE, f"--engine claude needs a key in {KEY}")
    try:
        segments = read(args.transcript)
        roster = Roster.parse(args.roster.read_text("utf-8")) if args.roster else Roster()
        calendar = Calendar(args.start) if args.start else None
    except (OSError, ValueError) as error:
        return Outcome(USAGE, str(error))
    meeting = Meeting(
        rules=Rules(roster=roster, calendar=calendar, kinds=frozenset(args.categories)),
        judged=args.engine == "claude",
        log=_Forgetful(),
        governor=None if args.no_budget else Governor(),
    )
    try:
        out = args.json.open("w", encoding="utf-8") if args.json else None
    except OSError as error:
        return Outcome(USAGE, str(error))
    with out or nullcontext(sys.stdout) as target:
        publish = _line_to(target)
        if args.engine == "rules":
            _replay(meeting, segments, publish)
            return Outcome()
        return _judged(meeting, segments, publish, key, args.model)


def _replay(
    meeting: Meeting, segments: Iterable[Segment], publish: Callable[[Event], None]
) -> None:
    now = 0.0
    for segment in segments:
        now = max(now, segment.end)
        for event in meeting.hear(segment, now).events:
            publish(event)
    for event in (*meeting.finish(now).events, *meeting.close(now)):
        publish(event)


def _judged(
    meeting: Meeting,
    segments: Iterable[Segment],
    publish: Callable[[Event], None],
    key: str,
    model: str | None,
) -> Outcome:
    try:
        from v100_ai.highlights.claude.replay import replay_with_claude  # noqa: PLC0415  # an extra
    except ImportError as error:
        return Outcome(USAGE, f"--engine claude needs the extra haiku: {error}")
    judge = replay_with_claude(meeting, segments, publish, key=key, model=model)
    failed = ", ".join(f"{reason} {count}" for reason, count in judge.failures.most_common())
    told = f"claude: {judge.meter.calls} replies, {judge.meter.tokens}, ${judge.meter.dollars:.4f}"
    return Outcome(DONE, f"{told}; by the rules instead: {failed}" if failed else told)


def _line_to(out: TextIO) -> Callable[[Event], None]:
    def publish(event: Event) -> None:
        if isinstance(event, HighlightCreated | HighlightUpdated):
            out.write(json.dumps({"event": event.type, **event.to_json()}) + "\n")

    return publish
