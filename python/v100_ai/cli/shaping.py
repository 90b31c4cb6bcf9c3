"""What `clips`, `edit` and `render` share: how a clip looks and sounds, and a bar while it is made."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from v100_ai.cli.outcome import LOST, STOPPED, USAGE, Outcome
from v100_ai.cli.transcribe import recognised
from v100_ai.errors import (
    EditRejected,
    ExtraMissing,
    GlyphMissing,
    SettingRejected,
    TranscriptUnreadable,
    V100Error,
)
from v100_ai.highlights.model import Segment
from v100_ai.speech.engines import ENGINES

Told = Callable[[str, float], None]


def shape(parser: argparse.ArgumentParser) -> None:
    """How a clip looks and sounds."""
    parser.add_argument(
        "--aspect",
        dest="aspects",
        action="append",
        metavar="W:H",
        help="9:16, 4:5, 1:1, 16:9 or source; several times for several shapes",
    )
    parser.add_argument("--edge", type=int, metavar="PX", help="the shorter edge (default: the source's, up to 1080)")  # fmt: skip
    parser.add_argument("--no-captions", dest="captions", action="store_false", default=None, help="burn no captions in")  # fmt: skip
    parser.add_argument("--font", metavar="FILE", help="of the captions: TrueType or OpenType")
    parser.add_argument("--loudness", type=float, metavar="LUFS", help="target (default: -14)")
    parser.add_argument(
        "--framing",
        choices=("auto", "fit", "center"),
        help="where to crop: by what is seen, not at all, or the middle (default: auto)",
    )


def shaped(options: argparse.Namespace) -> dict[str, Any]:
    """What of that was asked for."""
    names = ("aspects", "edge", "captions", "font", "loudness", "framing")
    given = {name: getattr(options, name) for name in names}
    given["aspects"] = tuple(given["aspects"]) if given["aspects"] else None
    return {name: value for name, value in given.items() if value is not None}


def speech(parser: argparse.ArgumentParser) -> None:
    """Where what is said comes from."""
    parser.add_argument(
        "--transcript",
        type=Path,
        metavar="FILE",
        help="JSON lines, WebVTT or SubRip (default: the one of its name beside it)",
    )
    parser.add_argument(
        "--engine", choices=ENGINES, help="recognise the speech instead, with a model of yours"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="the folder of the model")
    parser.add_argument("--language", default="en", help="what is spoken (default: en)")


def spoken(options: argparse.Namespace, source: str) -> Path | list[Segment] | None:
    """The transcript, or what an engine recognises. Raises as that does."""
    if options.engine is None:
        found: Path | None = options.transcript
        return found
    return list(recognised(source, options.engine, options.model, options.language))


@contextmanager
def bar(console: Console, name: str) -> Iterator[Told]:
    """Shows the stage and how far it is; silent where nobody watches."""
    columns = (
        bars.TextColumn("[bold]{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:
        task = shown.add_task(escape(name), total=1.0)

        def show(stage: str, share: float) -> None:
            shown.update(task, completed=share, description=f"{escape(name)} {stage}")

        yield show


def outcome(act: Callable[[], Outcome]) -> Outcome:
    """How it ended, with what was wrong in one line."""
    try:
        return act()
    except (ExtraMissing, SettingRejected, TranscriptUnreadable, EditRejected, GlyphMissing) as wrong:  # fmt: skip
        return Outcome(USAGE, str(wrong))
    except V100Error as lost:
        return Outcome(LOST, str(lost))
    except OSError as refused:
        where = f"{refused.filename}: " if refused.filename else ""
        return Outcome(USAGE, f"{where}{refused.strerror or refused}")
    except KeyboardInterrupt:
        return Outcome(STOPPED, "stopped; no file was given its name unless it was whole")
