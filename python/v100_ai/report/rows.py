"""Rows: a reading as a JSON object, or as cells of a table."""

import json
from collections.abc import Mapping
from typing import Any, Final

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


def cells(reading: object, frame: int, quality: object = None) -> dict[str, Cell]:
    """A row of `COLUMNS`; `frame` counts from the start of the input.

    `quality` is what the frame scores against its reference, where it has one.
    """
    row: dict[str, Cell] = dict.fromkeys(COLUMNS)
    for name in OUTWARD:
        row[name] = getattr(reading, name, None)
    for path, names in PLAN.items():
        layer: object | None = quality if path == "quality" else reading
        for part in () if path == "quality" else path.split("."):
            layer = None if layer is None else getattr(layer, part)
        if layer is not None:
            for name, column in names:
                row[column] = getattr(layer, name)
    row["frame"] = frame
    return row


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
    return ENCODED(tree)
