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
from v100_ai.events.session import SessionNotice
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.meeting import Event, Meeting
from v100_ai.highlights.model import KINDS, Kind, Segment
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.engine import TOLD, Rules
from v100_ai.highlights.transcript import transcript

KEY = "ANTHROPIC_API_KEY"
# The service's words for the same; a highlight's own type is in the singular.
CATEGORIES: dict[str, Kind] = {
    "questions": "question",
    "action_items": "action_item",
    "decisions": "decision",
    "topics": "topic",
    "sentiment": "sentiment",
}


class _Forgetful:
    """The log of a replay: there is nothing to come back to."""

    def append(self, record: dict[str, Any]) -> None:
        """Keep nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 highlights` may be told."""
    parser.description = (
        "Replays a transcript as if it were live: WebVTT, SubRip, text of Otter, Meet, Teams or Zoom, "
        "JSON of recognisers and recorders, JSON lines."
    )
    parser.add_argument("transcript", type=Path)
    parser.add_argument("--engine", choices=["rules", "claude"], default="rules",
                        help=f"claude needs {KEY} and the extra haiku; the rules stand by")  # fmt: skip
    parser.add_argument("--model", default=None, help="the Claude model to ask")
    parser.add_argument(
        "--roster", type=Path, help="who was invited: JSON, or 'Name <address>' lines"
    )
    parser.add_argument("--categories", nargs="+", choices=[*CATEGORIES, *KINDS], default=None, metavar="CATEGORY",
                        help=f"any of {', '.join(CATEGORIES)}; topics and sentiment by the rules only if named")  # fmt: skip
    parser.add_argument("--no-budget", action="store_true", help="show everything found")
    parser.add_argument("--start", type=datetime.fromisoformat, metavar="TIME",
                        help="when the meeting began, ISO 8601 with a time zone: dates deadlines")  # fmt: skip
    parser.add_argument("--dates", choices=["day-first", "month-first"], default=None,
                        help="what 4/5 means; where it is not told, it is no date")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="OUT", help="write events to this file")


def run(args: argparse.Namespace) -> Outcome:
    """Usage is at fault when an input cannot be used."""
    key = os.environ.get(KEY, "")
    if args.engine == "claude" and not key:
        return Outcome(USAGE, f"--engine claude needs a key in {KEY}")
    try:
        read = transcript(args.transcript.read_bytes())
        roster = Roster.parse(args.roster.read_text("utf-8")) if args.roster else Roster()
        day_first = None if args.dates is None else args.dates == "day-first"
        calendar = Calendar(args.start, day_first) if args.start else None
    except (OSError, ValueError) as error:
        return Outcome(USAGE, str(error))
    kinds = frozenset(CATEGORIES.get(each, each) for each in args.categories or KINDS)
    meeting = Meeting(
        rules=Rules(
            roster=roster,
            calendar=calendar,
            kinds=kinds,
            own=TOLD if args.categories is None else kinds,
        ),
        judged=args.engine == "claude",
        log=_Forgetful(),
        governor=None if args.no_budget else Governor(),
    )
    try:
        out = args.json.open("w", encoding="utf-8") if args.json else None
    except OSError as error:
        return Outcome(USAGE, str(error))
    for segment in read.segments:
        meeting.rules.names.hear(segment.participant)
    with out or nullcontext(sys.stdout) as target:
        publish = _line_to(target)
        if args.engine == "rules":
            _replay(meeting, read.segments, publish)
            outcome = Outcome()
        else:
            outcome = _judged(meeting, read.segments, publish, key, args.model)
    told = [outcome.said, read.told(), _held_back(meeting)]
    return Outcome(outcome.status, "; ".join(filter(None, told)))


def _held_back(meeting: Meeting) -> str:
    """What was found and not shown, in words."""
    governor = meeting.governor
    if governor is None or not governor.held_back:
        return ""
    kinds = ", ".join(f"{count} {kind}" for kind, count in governor.held_back.most_common())
    return f"{governor.held_back.total()} held back by the budget ({kinds}): --no-budget shows them"


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
    if judge.breaker.refused:
        told = f"{judge.breaker.refused}: the rules stood in; {told}"
    return Outcome(DONE, f"{told}; by the rules instead: {failed}" if failed else told)


def _line_to(out: TextIO) -> Callable[[Event], None]:
    def publish(event: Event) -> None:
        if isinstance(event, SessionNotice):
            notice = {"event": event.type, "type": event.code, "detail": event.detail}
            out.write(json.dumps(notice) + "\n")
            print(f"v100: {event.detail}", file=sys.stderr)  # noqa: T201
        if isinstance(event, HighlightCreated | HighlightUpdated):
            out.write(json.dumps({"event": event.type, **event.to_json()}) + "\n")

    return publish
