"""Messages as bytes on a pipe: written by a child that may have gone mad, and read as if it had."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from math import inf, isfinite, isinf, isnan
from typing import Any, Final, NoReturn

from v100_ai.events import AnalysisWarning, Event, FaultFound, SceneCut
from v100_ai.faults.finder import KINDS
from v100_ai.report.rows import WHOLE, Cell
from v100_ai.worker.messages import (
    FRAMES,
    LARGEST,
    LENGTH,
    NAMES,
    TAGS,
    Ended,
    FaceSeen,
    GapFound,
    Message,
    Opened,
    Readings,
    Recorded,
    Refused,
    SoundDecoded,
    Stats,
)

LONGEST_WORD: Final = 1000
"""Characters of a text from the child at most."""

NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""A codec's or an error's."""

LARGEST_WHOLE: Final = 1 << 53
"""Whole numbers stay exact below this, whoever reads the JSON that they end up in."""


class Garbled(ValueError):
    """What came is no message."""


def packed(message: Message) -> bytes:
    """The message with its length before it."""
    tag = next(tag for tag, kind in TAGS.items() if isinstance(message, kind))
    fields = message.to_json() if isinstance(message, Event) else asdict(message)
    if isinstance(message, Readings):
        fields = {
            "columns": {name: list(map(_plain, column)) for name, column in message.columns.items()}
        }
    if isinstance(message, SoundDecoded):
        fields = {"at": message.at, "samples": b64encode(message.samples).decode()}
    body = json.dumps([tag, fields], allow_nan=False, separators=(",", ":")).encode()
    if len(body) > LARGEST:
        raise Garbled(f"expected a message of at most {LARGEST} bytes, found {len(body)}")
    return len(body).to_bytes(LENGTH, "big") + body


def gathered(rows: Iterable[Mapping[str, Cell]]) -> Readings:
    """Rows as columns; those without a single value are left out, and NaN, which is no value, is not known."""
    known = [{name: None if _nan(cell) else cell for name, cell in row.items()} for row in rows]
    names = dict.fromkeys(name for row in known for name, cell in row.items() if cell is not None)
    return Readings(columns={name: tuple(row.get(name) for row in known) for name in names})


def length(head: bytes) -> int:
    """How many bytes follow. Raises `Garbled`."""
    found = int.from_bytes(head, "big")
    if not 0 < found <= LARGEST:
        raise Garbled(f"expected a message of 1 to {LARGEST} bytes, found {found}")
    return found


def parsed(body: bytes) -> Message:
    """The message in those bytes. Raises `Garbled`."""
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise Garbled("expected JSON, found something else") from wrong
    match found:
        case [str(tag), dict(fields)] if tag in TAGS:
            kind = TAGS[tag]
        case _:
            raise Garbled(f"expected a tag of {', '.join(TAGS)} and its fields")
    if kind is Readings:
        return _readings(fields)
    checks = FIELDS[kind]
    if fields.keys() != checks.keys():
        raise Garbled(f"expected {', '.join(checks)} in {tag}, found others")
    for name, accepts in checks.items():
        if not accepts(fields[name]):
            raise Garbled(f"unexpected value of {name} in {tag}")
    if kind is SoundDecoded:
        return SoundDecoded(at=fields["at"], samples=_samples(fields["samples"]))
    return kind(**fields)


def _samples(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError as wrong:
        raise Garbled("expected samples in base64, found something else") from wrong
    if not found or len(found) % 2:
        raise Garbled(f"expected samples of 2 bytes, found {len(found)} bytes")
    return found


def _readings(fields: dict[str, Any]) -> Readings:
    columns = fields.get("columns")
    if not isinstance(columns, dict) or len(fields) != 1 or not columns.keys() <= NAMES:
        raise Garbled("expected columns of readings, found others")
    checked = {name: _column(name, column) for name, column in columns.items()}
    lengths = {len(column) for column in checked.values()}
    if lengths - set(range(1, FRAMES + 1)) or len(lengths) != 1:
        raise Garbled(f"expected columns of one length up to {FRAMES}, found {sorted(lengths)}")
    if not {"frame", "pts"} <= checked.keys() or None in checked["frame"] + checked["pts"]:
        raise Garbled("expected a number and a time of every frame")
    if any(map(_infinite, checked["pts"])):
        raise Garbled("expected finite times")
    readings = Readings(columns=checked)
    if any(later <= number for number, later in pairwise(readings.frames)):
        raise Garbled("expected numbers of frames that rise")
    return readings


def _column(name: str, column: object) -> tuple[Cell, ...]:
    if not isinstance(column, list):
        raise Garbled(f"expected a list as column {name}")
    if name in WHOLE:
        return tuple(map(_whole_cell, column))
    # One look at a whole column of plain numbers; the sum of finite ones may only be infinite by overflow.
    if set(map(type, column)) == {float} and isfinite(sum(column)):
        return tuple(column)
    return tuple(map(_cell, column))


def _whole_cell(value: object) -> Cell:
    if value is None or (isinstance(value, int) and _whole(value)):
        return value
    raise Garbled("expected whole numbers in a column, found others")


def _cell(value: object) -> Cell:
    if isinstance(value, str) and value in SIGNED:
        return SIGNED[value]
    if value is None or (isinstance(value, int | float) and _number(value)):
        return value
    raise Garbled("expected numbers in a column, found others")


SIGNED: Final[Mapping[str, float]] = {"inf": inf, "-inf": -inf}
"""JSON has no infinity: `report.rows` writes it so."""


def _plain(cell: Cell) -> Cell | str:
    return str(cell) if _infinite(cell) else cell


def _infinite(cell: object) -> bool:
    return isinstance(cell, float) and isinf(cell)


def _nan(cell: object) -> bool:
    return isinstance(cell, float) and isnan(cell)


def _no_constant(name: str) -> NoReturn:
    raise Garbled(f"expected numbers of JSON, found {name}")


def _whole(value: object) -> bool:
    return type(value) is int and 0 <= value < LARGEST_WHOLE


def _number(value: object) -> bool:
    if type(value) is int:
        return abs(value) < LARGEST_WHOLE
    return type(value) is float and isfinite(value)


def _seconds(value: object) -> bool:
    return _number(value) and isinstance(value, int | float) and value >= 0


def _share(value: object) -> bool:
    return _seconds(value) and value <= 1  # type: ignore[operator]  # a number, by now


def _word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORD


def _name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _truth(value: object) -> bool:
    return isinstance(value, bool)


def _maybe(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or accepts(value)


def _file(value: object) -> bool:
    """A name as the recorder gives them: it leads nowhere else."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{8,12}\.nut", value) is not None


FIELDS: Final[Mapping[type[Message], Mapping[str, Callable[[object], bool]]]] = {
    Opened: {
        "width": _whole,
        "height": _whole,
        "codec": _name,
        "rate": _maybe(_number),
        "duration": _maybe(_number),
        "seekable": _truth,
    },
    SceneCut: {"frame": _whole, "pts": _number, "score": _number},
    FaultFound: {
        "fault": KINDS.__contains__,
        "from_pts": _number,
        "to_pts": _number,
        "frames": _whole,
        "worst": _number,
    },
    Recorded: {"file": _file, "from_pts": _number, "to_pts": _number, "bytes": _whole},
    SoundDecoded: {"at": _seconds, "samples": lambda value: isinstance(value, str)},
    FaceSeen: dict.fromkeys(("x", "y", "width", "height"), _share),
    GapFound: {"from_pts": _number, "to_pts": _number, "reason": _word, "held": _truth},
    AnalysisWarning: {"text": _word},
    Stats: {
        **dict.fromkeys(("decoded", "analysed", "dropped", "thinned", "damaged"), _whole),
        "lag": _seconds,
    },
    Ended: {"broken": _maybe(_word)},
    Refused: {"error": _name, "message": _word, "final": _truth},
}
"""What each field of each kind may hold."""
