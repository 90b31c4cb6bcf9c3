"""Where everybody is on the screen: tiles in fractions of it, for each view."""

from collections.abc import Sequence
from math import ceil, sqrt

from v100_ai.events.speaker import Tile

INSET = 0.25
"""Edge of a picture-in-picture, as a part of the screen's."""
MARGIN = 0.02
"""Free edge around a picture-in-picture."""


def grid(participants: Sequence[str]) -> tuple[Tile, ...]:
    """Tiles of one size, as near a square of them as there is; a short last row stands centred."""
    if not participants:
        return ()
    columns = ceil(sqrt(len(participants)))
    rows = ceil(len(participants) / columns)
    tiles: list[Tile] = []
    for row in range(rows):
        shown = participants[row * columns : (row + 1) * columns]
        left = (1 - len(shown) / columns) / 2
        tiles += [
            Tile(
                participant=who,
                x=left + column / columns,
                y=row / rows,
                width=1 / columns,
                height=1 / rows,
            )
            for column, who in enumerate(shown)
        ]
    return tuple(tiles)


def spotlight(participant: str) -> tuple[Tile, ...]:
    """One participant over the whole screen."""
    return (Tile(participant=participant, x=0.0, y=0.0, width=1.0, height=1.0),)


def speaker(participant: str, inset: str | None) -> tuple[Tile, ...]:
    """One participant over the whole screen, another in its lower right corner."""
    if inset is None:
        return spotlight(participant)
    corner = 1 - INSET - MARGIN
    small = Tile(participant=inset, x=corner, y=corner, width=INSET, height=INSET)
    return (*spotlight(participant), small)


def side_by_side(left: str, right: str) -> tuple[Tile, ...]:
    """Two halves of the screen's height, each with the picture's own shape."""
    return (
        Tile(participant=left, x=0.0, y=0.25, width=0.5, height=0.5),
        Tile(participant=right, x=0.5, y=0.25, width=0.5, height=0.5),
    )
