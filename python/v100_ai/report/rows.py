"""Rows: a reading as a JSON object, or as cells of a table."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from v100_ai import measures
from v100_ai.events.numbers import plain
from v100_ai.measures import MEASURES, OUTWARD

Cell = int | float | None

WHOLE: Final = ("frame", "width", "height")
"""Columns of whole numbers."""

COLUMNS: Final = measures.COLUMNS
"""Every column of a table, in order."""

OUTWARD_COLUMN: Final = {column: name for name, column in measures.OUTWARD_MEASURES.items()}

ENCODED: Final = json.JSONEncoder(allow_nan=False).encode


def _plan() -> dict[str, list[tuple[str, str]]]:
    """Of each layer, in dots: the names of its measures and their columns."""
    plan: dict[str, list[tuple[str, str]]] = {}
    for each in MEASURES:
        layer, _, name = each.path.rpartition(".")
        column = OUTWARD_COLUMN.get(each.column, each.column)
        plan.setdefault(layer, []).append((name, column))
    return plan


PLAN: Final = _plan()


class Judged(Protocol):
    """What was decided of a frame's face."""

    @property
    def score(self) -> float | None:
        """0 to 1; `None` where there is not enough to judge."""

    @property
    def readings(self) -> Mapping[str, float | None]:
        """Numbers under the names of their measures."""

    def to_json(self) -> dict[str, Any]:
        """The whole of it."""


class Row(dict[str, Cell]):
    """Cells by column, and what has more parts than a cell: of that only JSON tells."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(COLUMNS))
        self.parts: dict[str, Any] = {}


DECIDED: Final = "deepfake"
"""The layer whose readings are decided from what was measured."""


def cells(reading: object, frame: int, quality: object = None, judged: Judged | None = None) -> Row:
    """A row of `COLUMNS`; `frame` counts from the start of the input.

    `quality` is what the frame scores against its reference, where it has one; `judged` what was decided of
    its largest face, where that was asked for.
    """
    row = Row()
    for name in OUTWARD:
        row[name] = getattr(reading, name, None)
    _see(row, getattr(reading, "faces", None), judged)
    for path, names in PLAN.items():
        if path == DECIDED:
            continue
        layer: object | None = quality if path == "quality" else reading
        for part in () if path == "quality" else path.split("."):
            layer = None if layer is None else getattr(layer, part)
        if layer is not None:
            for name, column in names:
                row[column] = getattr(layer, name)
    row["frame"] = frame
    return row


def _see(row: Row, faces: Iterable[object] | None, judged: Judged | None) -> None:
    """What is seen of people."""
    if faces is not None:
        row.parts["faces"] = [_face(each) for each in faces]
    if judged is not None:
        row["deepfake_score"] = judged.score
        row |= {column: judged.readings[name] for name, column in PLAN[DECIDED]}
        row.parts[DECIDED] = judged.to_json()


FACE: Final = ("id", "left", "top", "size", "tilt", "confidence", "given")
"""What is told of a face, in samples of the frame."""


def _face(face: object) -> dict[str, Any]:
    return {name: getattr(face, name) for name in FACE}


def line(row: Mapping[str, Cell]) -> str:
    """The row as one JSON object: the outward fields, then further readings under their layer.

    A layer that says nothing is null as a whole. JSON has no infinity: it is written as "inf".
    """
    tree: dict[str, Any] = {name: plain(row[name]) for name in OUTWARD}
    for path, names in PLAN.items():
        *above, last = path.split(".")
        branch = tree
        for layer in above:
            branch = branch[layer] if branch[layer] is not None else {}
        values = {name: plain(row[column]) for name, column in names}
        known = any(value is not None for value in values.values())
        branch[last] = values if known else None
    tree |= getattr(row, "parts", {})
    return ENCODED(tree)
