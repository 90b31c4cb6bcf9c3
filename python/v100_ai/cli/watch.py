"""`v100 watch`: the events of a session as they happen, a line each."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from rich.console import Console
from rich.text import Text

from v100_ai.cli.outcome import DONE, LOST, STOPPED, Outcome
from v100_ai.errors import ApiError, ExtraMissing, HistoryLost, ServiceUnreachable
from v100_ai.events import (
    FrameAnalysis,
    HighlightCreated,
    HighlightUpdated,
    SpeakerChanged,
    SummaryUpdated,
    TranscriptSegment,
)

KEY: Final = "V100_API_KEY"
URL: Final = "http://127.0.0.1:8100"

COLOURS: Final = {
    "alert": "red", "analysis": "yellow", "fault": "yellow", "frame": "bright_black", "highlight": "green",
    "notification": "magenta", "session": "bold", "source": "blue", "speaker": "cyan", "talk": "bright_black",
    "transcript": "white",
}  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 watch` takes."""
    parser.add_argument("session", help="a meeting's or a stream's id")
    parser.add_argument("--url", default=URL, help=f"the service (default: {URL})")
    parser.add_argument(
        "--after",
        type=_place,
        default=0,
        metavar="N",
        help="begin after this event; `latest` for new ones only",
    )
    parser.add_argument("--types", default="", metavar="A,B", help="only events of these types")
    parser.add_argument("--json", action="store_true", help="envelopes as they are, one a line")


def _place(text: str) -> int | Literal["latest"]:
    if text == "latest":
        return "latest"
    if text.isdecimal() and text.isascii():
        return int(text)
    raise argparse.ArgumentTypeError(f"expected an event's number or `latest`, found {text!r}")


def run(options: argparse.Namespace) -> Outcome:
    """Watch until the session ends. The key, where there has to be one, comes from the environment."""
    try:
        from v100_ai.client import Client  # noqa: PLC0415  # an extra

        client = Client(options.url, api_key=os.environ.get(KEY))
        show = _plain if options.json else _shown(Console(highlight=False))
        sessions = client.meetings if options.session.startswith("mtg_") else client.streams
        types = tuple(filter(None, options.types.split(",")))
        with client:
            sessions.get(
                options.session
            )  # tells at once that there is no such session, or no service
            for event in sessions.events(options.session, after=options.after, types=types):
                show(event)
    except KeyboardInterrupt:
        return Outcome(STOPPED)
    except ServiceUnreachable as away:
        return Outcome(LOST, f"{options.url}: {away}")
    except (ApiError, ExtraMissing, HistoryLost, ValueError) as lost:
        return Outcome(LOST, str(lost))
    return Outcome(DONE)


def _plain(event: Any) -> None:
    fields = ("id", "type", "time", "session", "seq", "epoch", "data")
    envelope = {name: getattr(event, name) for name in fields}
    sys.stdout.write(json.dumps(envelope, default=dict) + "\n")
    sys.stdout.flush()


def _shown(console: Console) -> Callable[[Any], None]:
    def show(event: Any) -> None:
        clock = (event.time or "")[11:19]
        kind = event.type.split(".", 1)[0]
        line = Text(f"{event.seq or '':>6} {clock} ")
        line.append(f"{event.type:22}", COLOURS.get(kind, ""))
        line.append(" " + said(event.type, event.data))
        # Cut to a terminal's width; whole, where a program reads.
        cut = console.is_terminal
        console.print(
            line, overflow="ellipsis" if cut else "ignore", no_wrap=True, soft_wrap=not cut
        )

    return show


def said(kind: str, data: Mapping[str, Any]) -> str:
    """The event's data in a few words, without control characters."""
    words = _words(kind, data)
    return "".join(each if each.isprintable() else " " for each in words)


def _words(kind: str, data: Mapping[str, Any]) -> str:
    match kind:
        case FrameAnalysis.type:
            spread = [
                (name, each)
                for name, each in data.items()
                if isinstance(each, Mapping) and "mean" in each
            ]
            means = (
                f"{name} {each['mean']:.3g}" for name, each in spread if each["mean"] is not None
            )
            return f"{data['from_pts']:.2f}-{data['to_pts']:.2f} s  " + "  ".join(means)
        case HighlightCreated.type | HighlightUpdated.type:
            owner = (
                f" ({data['assignee']}{', ' + data['deadline'] if data['deadline'] else ''})"
                if data["assignee"]
                else ""
            )
            return f"{data['status']} {data['type']}: {data['text']}{owner}"
        case TranscriptSegment.type:
            return f"{data['participant']}: {data['text']}"
        case SpeakerChanged.type:
            return data["speaker"] or "nobody"
        case SummaryUpdated.type:
            counts = (
                (name, data[name]) for name in ("topics", "decisions", "open_questions", "actions")
            )
            return ", ".join(f"{len(each)} {name.replace('_', ' ')}" for name, each in counts)
        case _:
            return "  ".join(
                f"{name} {_short(each)}" for name, each in data.items() if each is not None
            )


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    text = value if isinstance(value, str) else json.dumps(value, default=dict)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004
