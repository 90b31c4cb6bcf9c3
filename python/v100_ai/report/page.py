"""The report as one HTML page that needs nothing else: no network, no other file."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, Final, Protocol

from v100_ai.frames import Gap
from v100_ai.measures import MEASURES, Measure
from v100_ai.report.gallery import Gallery
from v100_ai.report.rows import OUTWARD_COLUMN
from v100_ai.report.series import Point, Series, Total
from v100_ai.report.targets import whole
from v100_ai.report.worst import Worst

KEY_LANES: Final = (
    "quality.vmaf",
    "quality.psnr",
    "quality.ssim",
    "complexity.scene",
    "motion.magnitude",
    "motion.vectors.mean_length",
    "visual.scene_change",
    "visual.exposure",
    "visual.sharpness_laplacian_variance",
    "visual.blockiness",
)
"""Lanes that are open when the page is."""

LANES: Final = sorted(MEASURES, key=lambda each: each.layer != "quality")
"""The order of the lanes: what a reference says comes first."""

SCRIPTS: Final = ("drawing.js", "stage.js", "tables.js", "session.js", "page.js")
"""Parts of the page's one script, in order."""

DIGITS: Final = 5
"""Significant digits of a number in a chart."""


class Span(Protocol):
    """A fault."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> float: ...  # noqa: D102
    @property
    def end(self) -> float: ...  # noqa: D102
    @property
    def frames(self) -> int: ...  # noqa: D102
    @property
    def worst(self) -> float: ...  # noqa: D102


class Mark(Protocol):
    """A cut."""

    @property
    def frame(self) -> int: ...  # noqa: D102
    @property
    def pts(self) -> float: ...  # noqa: D102
    @property
    def score(self) -> float: ...  # noqa: D102


class Lie(Protocol):
    """An alignment."""

    @property
    def paired(self) -> int: ...  # noqa: D102
    @property
    def unpaired(self) -> int: ...  # noqa: D102
    @property
    def duplicated(self) -> int: ...  # noqa: D102
    @property
    def dropped(self) -> int: ...  # noqa: D102
    @property
    def offset_seconds(self) -> float | None: ...  # noqa: D102
    @property
    def confidence(self) -> float | None: ...  # noqa: D102


@dataclass(slots=True)
class Against:
    """The reference that was compared with."""

    reference: str
    model: str
    worst: Worst = field(default_factory=Worst)
    alignment: Lie | None = None
    harmonic_mean: float | None = None
    """Of VMAF."""


@dataclass(slots=True)
class Report:
    """All that the page shows."""

    name: str
    version: str
    series: Series = field(default_factory=Series)
    gallery: Gallery = field(default_factory=Gallery)
    faults: list[Span] = field(default_factory=list[Span])
    cuts: list[Mark] = field(default_factory=list[Mark])
    codec: str | None = None
    rate: float | None = None
    lost: str | None = None
    against: Against | None = None
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the input says of itself."""
    words: list[str] = field(default_factory=list[str])
    """The same, as it is read."""
    warnings: list[str] = field(default_factory=list[str])
    """Why figures may not say what they seem to, and what else is to be told."""
    notes: list[str] = field(default_factory=list[str])
    """What else was done to compare, though nothing is doubtful about it."""
    gaps: list[Gap] = field(default_factory=list[Gap])


def plain(name: str) -> str:
    """A name in characters that can be written."""
    return os.fsencode(name).decode("utf-8", "replace")


def write(report: Report, path: Path) -> None:
    """The page as a file, which appears when it is whole."""
    with whole(str(path)) as part:
        part.write_text(page(report), encoding="utf-8", errors="replace")


def page(report: Report) -> str:
    """The page."""
    return filled(report.name, content(report))


def filled(title: str, drawn: object) -> str:
    """The page of that title, on which the scripts draw what `content` returned."""
    assets = files("v100_ai.report") / "assets"
    parts = {
        "{{title}}": escape(title),
        "{{style}}": (assets / "page.css").read_text(encoding="utf-8"),
        "{{data}}": _script(drawn),
        "{{script}}": "".join((assets / each).read_text(encoding="utf-8") for each in SCRIPTS),
    }
    text = (assets / "page.html").read_text(encoding="utf-8")
    # Split before filling in, so that what is filled in is never taken for a place.
    for place in parts:
        text = text.replace(place, f"\0{place}\0")
    return "".join(parts.get(piece, piece) for piece in text.split("\0"))


def content(report: Report) -> dict[str, Any]:
    """What the page's scripts draw."""
    return {
        "name": report.name,
        "version": report.version,
        "codec": report.codec,
        "rate": short(report.rate),
        "words": list(report.words),
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "gaps": [{"start": gap.start, "end": gap.end, "reason": gap.reason} for gap in report.gaps],
        "lost": report.lost
        and f"The input was lost: {report.lost}. What was measured until then is below.",
        **charts(report.series),
        "faults": [
            {
                "kind": each.kind,
                "start": each.start,
                "end": each.end,
                "frames": each.frames,
                "worst": short(each.worst),
            }
            for each in report.faults
        ],
        "cuts": [
            {"frame": each.frame, "pts": each.pts, "score": short(each.score)}
            for each in report.cuts
        ],
        "thumbnails": [
            {
                "frame": each.frame,
                "pts": each.pts,
                "cut": each.cut,
                "src": _picture(each.jpeg),
            }
            for each in report.gallery.thumbnails
        ],
        "against": report.against and _against(report.against),
        "session": None,
    }


def charts(series: Series) -> dict[str, Any]:
    """The readings over time."""
    points = sorted(series.points, key=lambda each: each.pts)
    return {
        "frames": series.frames,
        "seconds": series.seconds,
        "shapes": [list(shape) for shape in series.shapes],
        "time": [round(point.pts, 4) for point in points],
        "frame": [point.frame for point in points],
        "anew": [index for index, point in enumerate(points) if point.anew],
        "lanes": [lane for each in LANES if (lane := _lane(each, series, points))],
    }


def _against(against: Against) -> dict[str, Any]:
    lie = against.alignment
    return {
        "reference": against.reference,
        "model": against.model,
        "harmonic": short(against.harmonic_mean),
        "alignment": lie
        and {
            "paired": lie.paired,
            "unpaired": lie.unpaired,
            "duplicated": lie.duplicated,
            "dropped": lie.dropped,
            "offset": short(lie.offset_seconds),
            "confidence": short(lie.confidence),
        },
        "worst": [
            {
                "frame": each.frame,
                "pts": each.pts,
                "score": short(each.score),
                "reference": _picture(each.reference),
                "distorted": _picture(each.distorted),
            }
            for each in against.worst.frames
        ],
    }


def _picture(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def _lane(measure: Measure, series: Series, points: list[Point]) -> dict[str, Any] | None:
    column = OUTWARD_COLUMN.get(measure.column, measure.column)
    total = series.totals.get(column)
    if total is None:
        return None
    return {
        "id": measure.path,
        "column": column,
        "layer": measure.layer,
        "title": measure.title,
        "unit": measure.unit,
        "definition": measure.definition,
        "top": measure.top,
        "key": measure.path in KEY_LANES,
        "low": short(total.low),
        "high": short(_highest(total, column, points)),
        "mean": short(total.mean),
        "equal": total.infinite,
        "count": total.count,
        "values": [_of(point, column, "mean") for point in points],
        "lows": [_of(point, column, "low") for point in points],
        "highs": [_of(point, column, "high") for point in points],
    }


def _highest(total: Total, column: str, points: list[Point]) -> float | None:
    """The greatest value that can be drawn."""
    if isfinite(total.high):
        return total.high
    drawn = (_of(point, column, "high") for point in points)
    return max((each for each in drawn if each is not None), default=None)


def _of(point: Point, column: str, what: str) -> float | None:
    total = point.values.get(column)
    if total is None:
        return None
    # A point of equal frames and others has a mean, and no greatest value that could be drawn.
    found = short(getattr(total, what))
    return short(total.mean) if found is None else found


def short(value: float | None) -> float | None:
    """The number as a chart needs it; an infinite one has no place there."""
    return None if value is None or not isfinite(value) else float(f"{value:.{DIGITS}g}")


def _script(value: object) -> str:
    """JSON that may stand inside a script element, whatever its strings hold."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
