"""What is framed when: shots of a clip, each a crop, two crops stacked, or the whole picture. Pure.

A shot ends where a scene or a turn does; its camera never moves across that. Where evidence is weak the whole picture is
shown: a wrong crop hides what matters, and a whole picture never does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np

from v100_ai.clips.framing.camera import way
from v100_ai.clips.framing.evidence import Box, Evidence, Moved, Seen, speaker_at

Kind = Literal["whole", "crop", "stack", "fit"]

CALM_S: Final = 1.2
"""Seconds between two cuts of the crop because of who speaks: the director's hysteresis."""

HIGH: Final = 0.40
"""How far from the top of the crop, as a share, a face has its centre."""

ALIKE: Final = 0.02
"""By how much, as a share, two aspects may differ and be taken for the same."""

SEEN: Final = 0.4
"""Share of a shot's samples in which a face has to be found for the shot to be cut to it."""

MOVING: Final = 0.04
"""Share of the picture that has to move, in the middle of a shot's samples, for motion to say where to look: a pointer on
a screen moves less."""

HELD: Final = 0.6
"""Share of the motion that a crop has to hold."""

LATELY_S: Final = 1.0
"""Seconds after which a face is looked for elsewhere as well."""

FEWEST: Final = 3
"""Samples of motion that say something."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """A source and an output, in pixels."""

    width: int
    height: int
    out_width: int
    out_height: int

    @property
    def crop(self) -> tuple[float, float]:
        """The largest part of the source of the output's aspect."""
        aspect = self.out_width / self.out_height
        return min(self.width, self.height * aspect), min(self.height, self.width / aspect)

    @property
    def alike(self) -> bool:
        """Whether the output has the source's shape."""
        return abs(self.width / self.height / (self.out_width / self.out_height) - 1) < ALIKE


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames `first` up to `last` of the output, framed in one way."""

    first: int
    last: int
    kind: Kind
    why: str
    """What decided it, in words."""
    mode: str = "still"
    x: tuple[float, ...] = ()
    """Left edges of the crop in pixels of the source: one, or one a frame. A stack has the upper's and the lower's."""
    y: tuple[float, ...] = ()
    size: tuple[float, float] = (0.0, 0.0)
    """Of the crop, in pixels of the source."""
    faces: tuple[tuple[float, float, float, float], ...] = ()
    """Where faces lie in the output, as shares: captions keep off them."""

    def to_json(self) -> dict[str, Any]:
        """The decision as it is written beside the clip."""
        told: dict[str, Any] = {
            "frames": [self.first, self.last],
            "kind": self.kind,
            "why": self.why,
        }
        if self.kind == "crop":
            told |= {"mode": self.mode, "x": [round(self.x[0], 1), round(self.x[-1], 1)]}
            told["size"] = [round(each, 1) for each in self.size]
        return told


def shots(
    times: Sequence[float], geometry: Geometry, evidence: Evidence, *, framing: str = "auto"
) -> tuple[Shot, ...]:
    """The shots of a clip whose frames lie at these times of the source.

    `framing` is `auto`, `fit` (the whole picture always) or `center` (a crop of the middle).
    """
    if geometry.alike:
        return (Shot(0, len(times), "whole", "of the source's aspect"),)
    if framing == "fit":
        return (Shot(0, len(times), "fit", "asked for"),)
    if framing == "center":
        width, height = geometry.crop
        at = ((geometry.width - width) / 2,), ((geometry.height - height) / 2,)
        return (Shot(0, len(times), "crop", "asked for", "still", *at, (width, height)),)
    return tuple(
        _shot(_Scene(first, last, times, geometry), evidence)
        for first, last in _bounds(times, evidence)
    )


def _bounds(times: Sequence[float], evidence: Evidence) -> Iterator[tuple[int, int]]:
    """First and last frame of each shot."""
    frames = np.asarray(times)
    starts = {0}
    scenes = {
        int(np.searchsorted(frames, at - 1e-3))
        for at in evidence.cuts
        if frames[0] < at <= frames[-1]
    }
    starts |= scenes
    last = 0.0
    for before, turn in pairwise((None, *evidence.turns)):
        if turn is None or not frames[0] < turn.at <= frames[-1]:
            continue
        if before is not None and before.speaker == turn.speaker:
            continue
        if turn.at - last >= CALM_S:
            starts.add(int(np.searchsorted(frames, turn.at - 1e-3)))
            last = turn.at
    ordered = [*sorted(starts), len(frames)]
    yield from ((a, b) for a, b in pairwise(ordered) if a < b)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Frames `first` up to `last`, with the times of all frames."""

    first: int
    last: int
    times: Sequence[float]
    geometry: Geometry

    @property
    def own(self) -> Sequence[float]:
        """The times of its frames."""
        return self.times[self.first : self.last]


def _shot(scene: _Scene, evidence: Evidence) -> Shot:
    first, last, geometry = scene.first, scene.last, scene.geometry
    begin, end = scene.own[0], scene.own[-1]
    seen = [each for each in evidence.faces if begin <= each.at <= end]
    found = [each for each in seen if each.boxes]
    if len(found) >= max(1.0, SEEN * len(seen)):
        return _on_faces(scene, found, speaker_at(evidence.turns, begin + 0.01))
    if moved := _usable(evidence.motion, begin, end):
        width, height = geometry.crop
        at, x = [each.at for each in moved], [each.x * geometry.width for each in moved]
        across = way(at, x, scene.own, width)
        y = ((geometry.height - height) / 2,)
        edges = _edges(across.centre, width, geometry.width)
        return Shot(first, last, "crop", "motion", across.mode, edges, y, (width, height))
    return Shot(first, last, "fit", "no face, and nothing that moves enough to follow")


def _usable(motion: Sequence[Moved], begin: float, end: float) -> list[Moved]:
    inside = [each for each in motion if begin <= each.at <= end]
    if len(inside) < FEWEST or np.median([each.area for each in inside]) < MOVING:
        return []
    moved = [each for each in inside if each.area > 0]
    return moved if np.median([each.held for each in moved]) >= HELD else []


def _on_faces(scene: _Scene, seen: Sequence[Seen], speaker: str | None) -> Shot:
    first, last, geometry = scene.first, scene.last, scene.geometry
    width, _ = geometry.crop
    everybody = _tracks(seen)
    # Who speaks is shown, however seldom the face was told among those of many.
    named = [track for track in everybody if speaker and track[-1][1].id == speaker]
    often = [track for track in everybody if len(track) >= SEEN * len(seen)]
    tracks = often or [max(everybody, key=len)]
    if named:
        return _follow(scene, named[0], f"face of {speaker}", everybody)
    if len(tracks) == 1:
        return _follow(scene, tracks[0], "face", tracks)
    middles = [np.median([box.middle[0] for _, box in track]) for track in tracks]
    widest = max(np.median([box.width for _, box in track]) for track in tracks)
    if (max(middles) - min(middles) + widest) * geometry.width <= width:
        return _follow(scene, _together(tracks), f"{len(tracks)} faces that fit", tracks)
    if len(tracks) == 2 and geometry.out_height > geometry.out_width:  # noqa: PLR2004  # one above the other
        half = Geometry(
            geometry.width, geometry.height, geometry.out_width, geometry.out_height // 2
        )
        size = half.crop
        corners = [_corner(track, half) for track in sorted(tracks, key=lambda t: t[0][1].x)]
        x, y = zip(*corners, strict=True)
        return Shot(first, last, "stack", "two faces too far apart", "still", x, y, size)
    return Shot(first, last, "fit", f"{len(tracks)} faces too far apart")


Track = list[tuple[float, Box]]


def _tracks(seen: Sequence[Seen]) -> list[Track]:
    """Boxes of one face each: by whose they are, else by where it was last."""
    tracks: list[Track] = []
    for each in seen:
        for box in each.boxes:
            near = [
                track for track in tracks if track[-1][0] < each.at and _same(track[-1][1], box)
            ]
            if near:
                # What was found once, and long ago, was nobody.
                lately = [track for track in near if each.at - track[-1][0] <= LATELY_S]
                max(lately or near, key=len).append((each.at, box))
            else:
                tracks.append([(each.at, box)])
    return tracks


def _same(one: Box, other: Box) -> bool:
    if one.id or other.id:
        return one.id == other.id
    return abs(one.middle[0] - other.middle[0]) < max(one.width, other.width, 0.05) * 1.5


def _together(tracks: Sequence[Track]) -> Track:
    """The boxes that hold all faces that are seen at once."""
    at: dict[float, list[Box]] = {}
    for track in tracks:
        for when, box in track:
            at.setdefault(when, []).append(box)
    joined = []
    for when, boxes in sorted(at.items()):
        left, top = min(b.x for b in boxes), min(b.y for b in boxes)
        right, bottom = max(b.x + b.width for b in boxes), max(b.y + b.height for b in boxes)
        if len(boxes) == len(tracks):
            joined.append((when, Box(left, top, right - left, bottom - top)))
    return joined or tracks[0]


def _follow(
    scene: _Scene, track: Sequence[tuple[float, Box]], why: str, tracks: Sequence[Track]
) -> Shot:
    geometry = scene.geometry
    width, height = geometry.crop
    at = [when for when, _ in track]
    across = way(at, [box.middle[0] * geometry.width for _, box in track], scene.own, width)
    x = _edges(across.centre, width, geometry.width)
    high = float(np.median([box.middle[1] for _, box in track])) * geometry.height
    y = float(np.clip(high - HIGH * height, 0, geometry.height - height))
    middle = x[len(x) // 2]
    faces = []
    for each in tracks:
        box = Box(*np.median([[b.x, b.y, b.width, b.height] for _, b in each], axis=0).tolist())
        faces.append(
            (
                (box.x * geometry.width - middle) / width,
                (box.y * geometry.height - y) / height,
                box.width * geometry.width / width,
                box.height * geometry.height / height,
            )
        )
    return Shot(
        scene.first, scene.last, "crop", why, across.mode, x, (y,), (width, height), tuple(faces)
    )


def _edges(
    centre: "np.ndarray[Any, np.dtype[np.float64]]", width: float, whole: int
) -> tuple[float, ...]:
    edges = np.clip(centre - width / 2, 0, whole - width)
    return (float(edges[0]),) if np.ptp(edges) < 1.0 else tuple(edges.tolist())


def _corner(track: Track, geometry: Geometry) -> tuple[float, float]:
    width, height = geometry.crop
    x = float(np.median([box.middle[0] for _, box in track])) * geometry.width
    y = float(np.median([box.middle[1] for _, box in track])) * geometry.height
    return (
        float(np.clip(x - width / 2, 0, geometry.width - width)),
        float(np.clip(y - HIGH * height, 0, geometry.height - height)),
    )
