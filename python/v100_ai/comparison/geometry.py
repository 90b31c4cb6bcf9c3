"""Geometry: whether two pictures of a pair show the same part of the scene, the same way round."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from v100_ai.frames import Frame
from v100_ai.sources.thumbnail import Grey, grey

SIZE: Final = (96, 54)
"""Columns and rows that pictures are looked at in."""

EVERY: Final = 12
"""Pairs from one that is looked at to the next."""

SAMPLES: Final = 24
"""Pairs that are looked at."""

DARK: Final = 12
"""Mean code, of full range, of a row that is a bar."""

APART: Final = 3.0
"""Mean difference, in codes, of pictures that are not the same: coding alone stays below."""

NEARER: Final = 0.55
"""Share of that difference which another way of laying them over each other must leave at most."""

ZOOMS: Final = (1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.33, 1.5, 1.78)
"""How much less of a picture a crop may show."""


@dataclass(slots=True)
class Geometry:
    """Keeps a few small pictures of both inputs."""

    pairs: list[tuple[Grey, Grey]] = field(default_factory=list[tuple[Grey, Grey]])
    _count: int = 0

    def push(self, reference: Frame, shown: Frame) -> None:
        """One more pair, as both came."""
        at, self._count = self._count, self._count + 1
        if at % EVERY or len(self.pairs) == SAMPLES:
            return
        both = grey(reference, SIZE), grey(shown, SIZE)
        if both[0] is not None and both[1] is not None:
            self.pairs.append((both[0], both[1]))

    def warnings(self) -> list[str]:
        """One line for each way in which the pictures are not the same."""
        if not self.pairs:
            return []
        wanted, shown = (np.stack([pair[at] for pair in self.pairs]) for at in (0, 1))
        bars = _bars(wanted), _bars(shown)
        if any(bars[0]) != any(bars[1]):
            which = "the reference" if any(bars[0]) else "the distorted picture"
            return [f"{which} has black bars ({_percent(max(bars, key=sum))}), the other has none"]
        plain = _difference(wanted, shown)
        if plain < APART:
            return []
        for axis, way in ((2, "left to right"), (1, "upside down")):
            if _difference(wanted, np.flip(shown, axis)) < NEARER * plain:
                return [f"the distorted picture is mirrored, {way}"]
        for first, second, name in ((wanted, shown, "distorted"), (shown, wanted, "reference's")):
            across, down, left = _crop(first, second)
            if left < NEARER * plain and (across, down) != (1.0, 1.0):
                return [
                    f"the {name} picture shows {100 / across:.0f} % of the other's width"
                    f" and {100 / down:.0f} % of its height: it was cropped"
                ]
        return []


def _difference(one: Grey, other: Grey) -> float:
    # Brightness that differs as a whole is no matter of geometry.
    apart = one - other
    return float(np.abs(apart - apart.mean()).mean())


def _bars(pictures: Grey) -> tuple[int, int, int, int]:
    """Rows and columns that are black in every picture: above, below, left, right; none if one of a couple is none."""
    found = list[int]()
    for axis in (2, 1):
        dark = (pictures.mean(axis=axis) < DARK).all(axis=0) & (pictures.std(axis=axis) < DARK).all(
            axis=0
        )
        before = int(np.argmin(dark)) if not dark.all() else 0
        after = int(np.argmin(dark[::-1])) if not dark.all() else 0
        found += [before, after] if min(before, after) >= 2 else [0, 0]  # noqa: PLR2004 - more than an edge
    return found[0], found[1], found[2], found[3]


def _percent(bars: tuple[int, int, int, int]) -> str:
    rows, columns = bars[0] + bars[1], bars[2] + bars[3]
    parts = [(rows, SIZE[1], "height"), (columns, SIZE[0], "width")]
    return ", ".join(
        f"{100 * count / of:.0f} % of its {name}" for count, of, name in parts if count
    )


def _crop(whole: Grey, part: Grey) -> tuple[float, float, float]:
    """How much narrower and lower than the whole the part fits best, from its middle, and what is left then."""
    best = (1.0, 1.0, float("inf"))
    for across in ZOOMS:
        for down in ZOOMS:
            inner = _middle(whole, across, down)
            left = _difference(inner, part)
            best = min(best, (across, down, left), key=lambda each: each[2])
    return best


def _middle(pictures: Grey, across: float, down: float) -> Grey:
    """The middle of each picture at the size of the whole, linear between samples."""
    rows, columns = (
        (edge - 1) / 2 + (np.arange(edge) - (edge - 1) / 2) / zoom
        for edge, zoom in ((SIZE[1], down), (SIZE[0], across))
    )
    top, left = rows.astype(int), columns.astype(int)
    below, right = np.minimum(top + 1, SIZE[1] - 1), np.minimum(left + 1, SIZE[0] - 1)
    y, x = (rows - top)[:, None], (columns - left)[None, :]
    upper = pictures[:, top][:, :, left] * (1 - x) + pictures[:, top][:, :, right] * x
    lower = pictures[:, below][:, :, left] * (1 - x) + pictures[:, below][:, :, right] * x
    found: Grey = upper * (1 - y) + lower * y
    return found
