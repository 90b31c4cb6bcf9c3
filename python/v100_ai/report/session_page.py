"""The report of a session as a document for programs, and as one HTML page for people."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from v100_ai.events.envelope import rfc3339
from v100_ai.report import page
from v100_ai.report.lanes.frames import FramesLane
from v100_ai.report.session import SessionReport

UNNAMED = "Unnamed session"
UNNAMED_TRACK = "The source"


def html(report: SessionReport, version: str) -> str:
    """The page; it needs no network and no other file."""
    return page.filled(report.name or UNNAMED, content(report, version))


def content(report: SessionReport, version: str) -> dict[str, Any]:
    """What the page's scripts draw: charts as in the report of a file, and the session."""
    source = report.source
    frames = report.lane(FramesLane)
    main = frames.main
    charts = page.charts(main.series)
    if source.width and source.height:
        charts["shapes"] = [[source.width, source.height]]
    told = document(report, series=False)
    return {
        "name": report.name or UNNAMED,
        "version": version,
        "codec": source.codec,
        "rate": page.short(source.rate),
        "lost": _warning(report),
        "warnings": [_signed(each) for each in told.get("warnings", [])],
        **charts,
        **_tracks(report, frames),
        "faults": told.get("faults", []),
        "cuts": told.get("cuts", []),
        "thumbnails": [],
        "against": None,
        "session": told | {"holes": main.holes},
    }


def _tracks(report: SessionReport, frames: FramesLane) -> dict[str, Any]:
    """Whose picture is charted first, and the charts of all others; nothing where there is one without a name."""
    main, named = frames.main, {track: each for track, each in frames.readings.items() if track}
    if not named:
        return {}
    called = {track: report.called(track) for track in named} | {None: UNNAMED_TRACK}
    first = next(track for track, each in frames.readings.items() if each is main)
    others = [
        {"track": track, "called": called[track], "holes": each.holes, **page.charts(each.series)}
        for track, each in frames.readings.items()
        if each is not main
    ]
    return {"track": first, "called": called[first], "tracks": others}


def document(report: SessionReport, *, series: bool = True) -> dict[str, Any]:
    """The report as JSON holds it; what there is nothing to say of is left out.

    Times of the session are RFC 3339 in UTC; all others are seconds on its own axis, from `axis.start` to
    `axis.end`. JSON has no infinity: it is written as "inf".
    """
    parts: dict[str, Any] = {
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
    }
    for lane in report.lanes:
        parts |= lane.document(report.called, report.end)
    parts |= {
        "omitted": sum(lane.omitted for lane in report.lanes),
        "counters": report.counters,
    }
    if not series:
        for each in (parts, *parts["tracks"].values()):
            each.pop("series", None)
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


def _signed(warning: Mapping[str, str]) -> str:
    track = warning.get("track")
    return warning["text"] if track is None else f"{track}: {warning['text']}"


def _moment(at: float | None) -> str | None:
    return None if at is None else rfc3339(at)
