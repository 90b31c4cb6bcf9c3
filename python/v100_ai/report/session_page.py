"""The report of a session as a document for programs, and as one HTML page for people."""

from collections.abc import Iterable
from dataclasses import asdict
from math import isfinite
from typing import Any

from v100_ai.events.envelope import rfc3339
from v100_ai.report import page
from v100_ai.report.series import CHARTED, Point, Series
from v100_ai.report.session import SessionReport

UNNAMED = "Unnamed session"


def html(report: SessionReport, version: str) -> str:
    """The page; it needs no network and no other file."""
    return page.filled(report.name or UNNAMED, content(report, version))


def content(report: SessionReport, version: str) -> dict[str, Any]:
    """What the page's scripts draw: charts as in the report of a file, and the session."""
    source = report.source
    charts = page.charts(report.readings.series)
    if source.width and source.height:
        charts["shapes"] = [[source.width, source.height]]
    told = document(report, series=False)
    return {
        "name": report.name or UNNAMED,
        "version": version,
        "codec": source.codec,
        "rate": page.short(source.rate),
        "lost": _warning(report),
        **charts,
        "faults": told.get("faults", []),
        "cuts": told.get("cuts", []),
        "thumbnails": [],
        "against": None,
        "session": told | {"holes": report.readings.holes},
    }


def document(report: SessionReport, *, series: bool = True) -> dict[str, Any]:
    """The report as JSON holds it; what there is nothing to say of is left out.

    Times of the session are RFC 3339 in UTC; all others are seconds on its own axis, from `axis.start` to
    `axis.end`. JSON has no infinity: it is written as "inf".
    """
    matters, marks = report.matters, report.marks
    readings = report.readings.series
    parts = {
        "name": report.name,
        "kind": report.kind,
        "started": _moment(report.started),
        "ended": _moment(report.ended),
        "last_event": _moment(report.last),
        "seconds": report.seconds,
        "reason": report.reason,
        "layers": report.layers,
        "source": {name: each for name, each in asdict(report.source).items() if each},
        "axis": {"start": report.start, "end": report.end},
        "frames": readings.frames,
        "readings": _totals(readings),
        "series": _series(readings) if series else None,
        "gaps": [asdict(each) for each in marks.gaps],
        "cuts": [asdict(each) for each in marks.cuts],
        "faults": [_plain(asdict(each)) for each in marks.faults],
        "alerts": [
            {"incident": name, **_plain(asdict(each))} for name, each in marks.incidents.items()
        ],
        "counts": {name: count for name, count in marks.counts.items() if count},
        "talk": _talk(report),
        "summary": matters.summary(),
        "highlights": matters.highlights(),
        "notifications": matters.notifications,
        "transcript": _transcript(report),
        "omitted": matters.omitted + len(report.talk.omitted),
        "counters": report.counters,
    }
    return {name: each for name, each in parts.items() if each}


def _warning(report: SessionReport) -> str | None:
    """What stands above everything else, if it has to."""
    source = report.source
    parts = []
    if report.ended is None:
        parts.append("The session has not ended: this is what its log says so far.")
    if source.losses:
        times = "once" if source.losses == 1 else f"{source.losses} times"
        parts.append(f"The source was lost {times}, the last time: {source.lost or 'unknown'}.")
    return " ".join(parts) or None


def _talk(report: SessionReport) -> dict[str, Any] | None:
    talk = report.talk
    parts = {
        "lanes": talk.lanes(report.end),
        "summary": talk.summary(),
        "floor_changes": talk.floor_changes,
        "layout_changes": talk.layout_changes,
        "layouts": [asdict(each) for each in talk.layouts],
        "participants": len(talk.voices) + len(talk.omitted),
    }
    return {name: each for name, each in parts.items() if each} or None


def _transcript(report: SessionReport) -> list[dict[str, Any]]:
    """What was said in order of time, each with the speaker's name as far as it is known."""
    said = [
        {**each, "name": report.talk.name(each["participant"])}
        for each in (report.matters.transcript or {}).values()
    ]
    return sorted(said, key=lambda each: each["start"] or 0.0)


def _totals(series: Series) -> dict[str, Any]:
    return {
        column: {"frames": total.count, "min": total.low, "mean": total.mean, "max": total.high}
        for column, total in series.totals.items()
    }


def _series(series: Series) -> dict[str, Any] | None:
    """Every chart's points, in columns."""
    points = sorted(series.points, key=lambda each: each.pts)
    charted = [column for column in CHARTED if column in series.totals]
    if not charted:
        return None
    columns = {column: _columns(points, column) for column in charted}
    return {"pts": [each.pts for each in points], **columns}


def _columns(points: Iterable[Point], column: str) -> dict[str, list[float | None]]:
    found = [point.values.get(column) for point in points]
    return {
        "min": [None if each is None else each.low for each in found],
        "mean": [None if each is None else each.mean for each in found],
        "max": [None if each is None else each.high for each in found],
    }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(each) if isinstance(each, float) and not isfinite(each) else each
        for name, each in fields.items()
    }


def _moment(at: float | None) -> str | None:
    return None if at is None else rfc3339(at)
