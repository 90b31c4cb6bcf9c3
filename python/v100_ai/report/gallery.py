"""Gallery: a bounded number of thumbnails, at cuts and at regular times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

REGULAR: Final = 64
"""Thumbnails at regular times, at most."""

CUTS: Final = 64
"""Thumbnails at cuts, at most; the first ones stay."""

CLOSEST_S: Final = 0.25
"""Thumbnails are never closer together than this, cuts aside."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of one frame."""

    frame: int
    pts: float
    jpeg: bytes
    cut: bool


@dataclass(slots=True)
class Gallery:
    """Asks for a picture when one is due.

    `interval` is the wanted distance in seconds. When there are too many, every other one goes and the
    distance doubles, so that any length of video ends with pictures from its whole length.
    """

    interval: float = 1.0
    cuts: list[Thumbnail] = field(default_factory=list[Thumbnail])
    regular: list[Thumbnail] = field(default_factory=list[Thumbnail])

    @classmethod
    def over(cls, seconds: float | None) -> "Gallery":
        """A gallery for an input that says it is that long."""
        return cls(max(CLOSEST_S, (seconds or 0.0) / (REGULAR * 0.75)))

    def offer(
        self, frame: int, pts: float, picture: Callable[[], bytes | None], *, cut: bool
    ) -> None:
        """Takes the frame's picture if one is due at `pts`, or if it is a cut."""
        kept = self.cuts if cut else self.regular
        if cut and len(kept) == CUTS:
            return
        if not cut and kept and 0 <= pts - kept[-1].pts < self.interval:
            return
        jpeg = picture()
        if jpeg is None:
            return
        kept.append(Thumbnail(frame, pts, jpeg, cut))
        if len(self.regular) > REGULAR:
            self.regular = self.regular[::2]
            self.interval *= 2

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """All of them, in order of time."""
        return sorted([*self.cuts, *self.regular], key=lambda each: (each.pts, not each.cut))
