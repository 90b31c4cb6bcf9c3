"""When something was said, by whichever field of a JSON document tells it."""

import re
from typing import Any

from v100_ai.highlights.formats.piece import Piece, Pieces

START = (
    "start",
    "start_time",
    "startTime",
    "start_timestamp",
    "begin",
    "startTimestamp",
    "from",
    "offset",
    "ts",
    "timestamp",
    "time",
    "start_s",
    "startSeconds",
)
END = (
    "end",
    "end_time",
    "endTime",
    "end_timestamp",
    "endTimestamp",
    "to",
    "end_ts",
    "end_s",
    "endSeconds",
    "stop",
)
_STAMP = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,6}))?$")
_DURATION = re.compile(r"^(?:PT)?(\d+(?:\.\d+)?)[sS]?$")
_EPOCH = 1e8
# Nobody speaks as slowly as this, words a second: the times are milliseconds.
_SLOWEST = 0.05
# nor as long at once, seconds on average.
_LONG = 200.0


def time_of(row: dict[str, Any], names: tuple[str, ...]) -> float | None:  # noqa: C901  # one case a form of file
    """Seconds, from whichever field tells them."""
    first = names is START
    for group, unit in (("offsets", 1e-3), ("timestamps", 1.0)):
        inner = row.get(group)
        if isinstance(inner, dict):
            value = number(inner.get("from" if first else "to"))
            if value is not None:
                return value * unit
    for name in ("start_ms", "startMs", "offset_ms") if first else ("end_ms", "endMs"):
        value = number(row.get(name))
        if value is not None:
            return value * 1e-3
    for name in names:
        if name in row:
            value = number(row[name])
            if value is not None:
                return value
    return None


def number(value: Any) -> float | None:
    """Seconds from a number, a stamp, a duration, or an object of them; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dict):
        return number(value.get("relative", value.get("seconds")))
    if isinstance(value, str):
        stamp = _STAMP.match(value.strip())
        if stamp:
            hours, minutes, seconds, fraction = stamp.groups()
            return (
                int(hours or 0) * 3600
                + int(minutes) * 60
                + int(seconds)
                + float(f"0.{fraction or 0}")
            )
        plain = _DURATION.match(value.strip())
        return float(plain[1]) if plain else None
    return None


def rescale(pieces: Pieces) -> None:
    """Milliseconds become seconds, and times of the clock count from the first."""
    said = pieces.said
    if not said:
        return
    scale, zero = 1.0, 0.0
    words, spans = (
        sum(len(each.text.split()) for each in said),
        sum(each.end - each.start for each in said),
    )
    if (
        spans > _LONG * len(said)
        and words / spans < _SLOWEST
        and all(each.start == int(each.start) for each in said)
    ):
        scale = 1e-3
    first = min(each.start for each in said) * scale
    if first > _EPOCH:
        scale, zero = (scale * 1e-3, first * 1e-3) if first > _EPOCH * 1e3 else (scale, first)
    if scale != 1.0 or zero:
        pieces.said = [
            Piece(
                speaker=e.speaker,
                start=e.start * scale - zero,
                end=e.end * scale - zero,
                text=e.text,
                id=e.id,
                line=e.line,
            )
            for e in said
        ]
