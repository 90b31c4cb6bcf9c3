"""The pictures of a moment -> visual appeal, and parts of emotion and novelty."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from v100_ai.viral.factors import Found, Part
from v100_ai.viral.running import Running

LOOK: Final = ("visual_exposure", "visual_contrast", "visual_colourfulness", "scene_complexity")
"""Columns whose mean says how a scene looks, with what each is divided by."""
_UNITS: Final = (1.0, 1.0, 100.0, 1.0)

COLUMNS: Final = (
    *LOOK,
    "visual_sharpness_laplacian_variance",
    "visual_clipped_low",
    "visual_clipped_high",
    "visual_scene_change",
    "motion_magnitude",
    "motion_vectors_mean_x",
    "motion_vectors_mean_y",
)
"""Columns of readings that are read; any may be missing."""

BLURRED: Final = 20.0
SHARP: Final = 400.0
"""Variance of the Laplacian, in squared codes, from which a picture is not quite blurred, and from which it is sharp."""
CONTRASTY: Final = 0.2
COLOURFUL: Final = 60.0
"""RMS contrast and colourfulness M from which there is enough: more is not better."""
CLIPPED: Final = 0.1
"""Share of clipped samples that everyday pictures have."""
MOVING: Final = 12.0
"""Motion magnitude, in codes, of much movement."""
CUT: Final = 0.5
MANY_CUTS: Final = 3.0
"""Scene change that is a cut, and cuts in five seconds that are many."""
SHAKING: Final = 0.01
"""Mean change of the mean motion from frame to frame, in picture widths a frame, that is a shaking hand's."""
SMALLEST: Final = 0.08
LARGEST: Final = 0.35
"""Heights of a face, in pictures, between which one reads it and sees where it is."""

Value = int | float | None


@dataclass(slots=True)
class Eye:
    """Sees the readings of one stream's frames."""

    frames: int = 0
    _sums: dict[int, dict[str, list[float]]] = field(
        default_factory=dict[int, dict[str, list[float]]]
    )
    _faces: dict[int, float] = field(default_factory=dict[int, float])
    _last: tuple[float, float] | None = None
    _usual: list[float] = field(default_factory=list[float])
    _distance: Running = field(default_factory=lambda: Running(0.01))

    def push(self, row: Mapping[str, Value], index: int) -> None:
        """One frame's readings by column; `index` is the moment that it lies in."""
        self.frames += 1
        sums = self._sums.setdefault(index, {})
        for name in COLUMNS:
            value = row.get(name)
            if value is not None and math.isfinite(value):
                held = sums.setdefault(name, [0.0, 0.0])
                held[0] += float(value)
                held[1] += 1.0
                if name == "visual_scene_change" and value >= CUT:
                    sums.setdefault("cuts", [0.0, 0.0])[0] += 1.0
        self._shake(row, sums)

    def face(self, height: float, index: int) -> None:
        """The largest face's height, in pictures, at some time of a moment."""
        self._faces[index] = max(height, self._faces.get(index, 0.0))

    def parts(self, index: int) -> Found:
        """What a moment's frames say."""
        sums = self._sums.pop(index, {})
        for old in [each for each in self._sums if each < index - 1]:
            del self._sums[old]
        face = self._faces.pop(index, None)
        mean = {name: total / count for name, (total, count) in sums.items() if count}
        appeal = _appeal(mean, face)
        found: Found = {"visual_appeal": appeal} if appeal else {}
        if "motion_magnitude" in mean:
            cuts = sums.get("cuts", [0.0, 0.0])[0] / MANY_CUTS
            moving = mean["motion_magnitude"] / MOVING
            found["emotional_intensity"] = {
                "expression": Part(_unit(0.5 * _unit(moving) + 0.5 * _unit(cuts)))
            }
        new = self._new(mean)
        if new is not None:
            found["novelty"] = {"picture": Part(new)}
        return found

    def _shake(self, row: Mapping[str, Value], sums: dict[str, list[float]]) -> None:
        x, y, width = (
            row.get("motion_vectors_mean_x"),
            row.get("motion_vectors_mean_y"),
            row.get("width"),
        )
        if x is None or y is None or not width:
            self._last = None
            return
        now = (x / width, y / width)
        if self._last is not None:
            held = sums.setdefault("shake", [0.0, 0.0])
            held[0] += math.hypot(now[0] - self._last[0], now[1] - self._last[1])
            held[1] += 1.0
        self._last = now

    def _new(self, mean: Mapping[str, float]) -> float | None:
        look = [mean.get(name, 0.0) / unit for name, unit in zip(LOOK, _UNITS, strict=True)]
        if "visual_exposure" not in mean:
            return None
        if not self._usual:
            self._usual = look
            return None
        distance = math.dist(look, self._usual)
        self._usual = [b + (a - b) / 12.0 for a, b in zip(look, self._usual, strict=True)]
        share = self._distance.share(distance)
        self._distance.push(distance)
        return share


def _appeal(mean: Mapping[str, float], face: float | None) -> dict[str, Part]:
    """Clean pictures have all of it: what rises beyond, as scenery does, is no better."""
    found: dict[str, Part] = {}
    if "visual_exposure" in mean:
        clipped = mean.get("visual_clipped_low", 0.0) + mean.get("visual_clipped_high", 0.0)
        middle = 1.0 - abs(mean["visual_exposure"] - 0.5) / 0.5
        found["exposure"] = Part(_unit(middle * (1.0 - _unit(clipped - CLIPPED))))
    if "visual_sharpness_laplacian_variance" in mean:
        sharp = max(1e-9, mean["visual_sharpness_laplacian_variance"])
        found["sharpness"] = Part(_unit(math.log(sharp / BLURRED) / math.log(SHARP / BLURRED)))
    if "visual_contrast" in mean:
        found["contrast"] = Part(_unit(mean["visual_contrast"] / CONTRASTY))
    if "visual_colourfulness" in mean:
        found["colour"] = Part(_unit(mean["visual_colourfulness"] / COLOURFUL))
    if face is not None:
        found["face"] = Part(_unit(min(face / SMALLEST, (1.0 - face) / (1.0 - LARGEST))))
    if "shake" in mean:
        found["steadiness"] = Part(_unit(1.0 - mean["shake"] / SHAKING))
    return found


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def rows(columns: Mapping[str, Sequence[Value]]) -> list[dict[str, Value]]:
    """Columns of readings as rows."""
    count = len(columns["pts"])
    return [{name: values[at] for name, values in columns.items()} for at in range(count)]
