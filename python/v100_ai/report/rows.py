"""Rows: a reading as a JSON object, or as cells of a table."""

import json
from collections.abc import Mapping
from typing import Final

from v100_ai.measures import MEASURES, OUTWARD

Cell = int | float | None
Tree = dict[str, "Cell | Tree"]

OUTWARD_MEASURES: Final = {
    "scene_complexity": "complexity_scene",
    "motion_magnitude": "motion_magnitude",
}
"""Outward fields that are a measure, with the column it would have."""

WHOLE: Final = ("frame", "width", "height")
"""Columns of whole numbers."""

COLUMNS: Final = (
    *OUTWARD,
    *(each.column for each in MEASURES if each.column not in OUTWARD_MEASURES.values()),
)
"""Every column of a table, in order."""


def cells(reading: object, frame: int) -> dict[str, Cell]:
    """A row of `COLUMNS`; `frame` counts from the start of the input."""
    row: dict[str, Cell] = dict.fromkeys(COLUMNS)
    for name in OUTWARD:
        row[name] = getattr(reading, name, None)
    for each in MEASURES:
        if each.column in row and each.column not in OUTWARD:
            row[each.column] = each.read(reading)
    row["frame"] = frame
    return row


def line(row: Mapping[str, Cell]) -> str:
    """The row as one JSON object: the outward fields, then further readings under their layer."""
    tree: Tree = {name: row[name] for name in OUTWARD}
    for each in MEASURES:
        value = row[OUTWARD_COLUMN.get(each.column, each.column)]
        *layers, name = each.path.split(".")
        _set(tree, layers, name, value)
    return json.dumps({name: _pruned(value) for name, value in tree.items()}, allow_nan=False)


OUTWARD_COLUMN: Final = {column: name for name, column in OUTWARD_MEASURES.items()}


def _set(tree: Tree, layers: list[str], name: str, value: Cell) -> None:
    for layer in layers:
        below = tree.setdefault(layer, {})
        if not isinstance(below, dict):
            raise TypeError(f"expected {layer} to be a layer, found a number")
        tree = below
    tree[name] = value


def _pruned(value: "Cell | Tree") -> "Cell | Tree":
    """Layers that say nothing are `None` as a whole."""
    if not isinstance(value, dict):
        return value
    branch = {name: _pruned(each) for name, each in value.items()}
    return branch if any(each is not None for each in branch.values()) else None
