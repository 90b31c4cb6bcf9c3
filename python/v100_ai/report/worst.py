"""Worst: the lowest scores, each with the pictures that it compares."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LIMIT: Final = 6
"""Frames that are kept."""

APART_S: Final = 1.0
"""Of frames closer together than this, only the worst is kept."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A frame and its reference, as JPEG."""

    frame: int
    pts: float
    score: float
    reference: bytes
    distorted: bytes


@dataclass(slots=True)
class Worst:
    """Asks for pictures when a frame is among the worst so far."""

    kept: list[SideBySide] = field(default_factory=list[SideBySide])

    def offer(
        self,
        frame: int,
        pts: float,
        score: float,
        pictures: Callable[[], tuple[bytes | None, bytes | None]],
    ) -> None:
        """Takes the frame if it scores low enough."""
        near = [each for each in self.kept if abs(each.pts - pts) < APART_S]
        rivals = near or (self.kept if len(self.kept) == LIMIT else [])
        if near and score >= min(each.score for each in near):
            return
        if rivals and score >= max(each.score for each in rivals):
            return
        reference, distorted = pictures()
        if reference is None or distorted is None:
            return
        gone = near or sorted(rivals, key=lambda each: each.score)[-1:]
        self.kept = [each for each in self.kept if each not in gone]
        self.kept.append(SideBySide(frame, pts, score, reference, distorted))

    @property
    def frames(self) -> list[SideBySide]:
        """The worst first."""
        return sorted(self.kept, key=lambda each: (each.score, each.pts))
