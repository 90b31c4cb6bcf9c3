"""Evidence: where in a source something is worth looking at, as callers tell it or as motion shows it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from v100_ai.errors import SettingRejected

MOST: Final = 200_000
"""Boxes that are taken at most."""


@dataclass(frozen=True, slots=True)
class Box:
    """A face, as shares of the picture: its left upper corner and its size; `id` is whose it is."""

    x: float
    y: float
    width: float
    height: float
    id: str = ""

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Seen:
    """The faces in one picture, at its time in the source."""

    at: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """From when on somebody speaks."""

    at: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved between two pictures: where a crop holds most of it, and how much."""

    at: float
    x: float
    """Share of the picture's width."""
    area: float
    """Share of the picture that moved."""
    held: float
    """Share of the motion that a crop around it holds."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of where to look."""

    faces: tuple[Seen, ...] = ()
    turns: tuple[Turn, ...] = ()
    cuts: tuple[float, ...] = ()
    """Seconds at which scenes begin."""
    motion: tuple[Moved, ...] = field(default=())

    def shifted(self, by: float) -> "Evidence":
        """The same so many seconds later."""
        return Evidence(
            tuple(replace(each, at=each.at + by) for each in self.faces),
            tuple(replace(each, at=each.at + by) for each in self.turns),
            tuple(each + by for each in self.cuts),
        )

    def to_json(self) -> dict[str, Any]:
        """What crosses to the worker: faces, turns and cuts."""
        return {
            "faces": [
                [seen.at, [[b.x, b.y, b.width, b.height, b.id] for b in seen.boxes]]
                for seen in self.faces
            ],
            "turns": [[turn.at, turn.speaker] for turn in self.turns],
            "cuts": list(self.cuts),
        }


def evidence_from(told: Mapping[str, Any]) -> Evidence:
    """Faces (`[at, [[x, y, width, height, id], ...]]`), turns (`[at, id]`) and cuts from JSON. Raises `SettingRejected`."""
    try:
        faces = [Seen(float(at), tuple(map(_box, boxes))) for at, boxes in told.get("faces", ())]
        turns = [Turn(float(at), str(speaker)) for at, speaker in told.get("turns", ())]
        cuts = [float(at) for at in told.get("cuts", ())]
    except (TypeError, ValueError) as error:
        raise SettingRejected(
            f"expected faces as [at, [[x, y, width, height, id]]], turns as [at, id] and cuts, found {told!r:.200}"
        ) from error
    if sum(len(seen.boxes) + 1 for seen in faces) + len(turns) + len(cuts) > MOST:
        raise SettingRejected(f"expected at most {MOST} boxes, turns and cuts")
    return Evidence(
        tuple(sorted(faces, key=lambda seen: seen.at)),
        tuple(sorted(turns, key=lambda turn: turn.at)),
        tuple(sorted(cuts)),
    )


def _box(told: Sequence[Any]) -> Box:
    x, y, width, height, *whose = told
    return Box(float(x), float(y), float(width), float(height), *map(str, whose[:1]))


def speaker_at(turns: Sequence[Turn], seconds: float) -> str | None:
    """Who speaks at a moment."""
    speaker = None
    for turn in turns:
        if turn.at > seconds:
            break
        speaker = turn.speaker
    return speaker
