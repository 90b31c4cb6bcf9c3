"""A plan as the timelines that editing programs open: OpenTimelineIO, Final Cut Pro 7 and X, and CMX 3600."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from v100_ai.edit.plan import Plan
from v100_ai.errors import ExtraMissing, SettingRejected

DROPPED: Final[Mapping[Fraction, int]] = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""Frame numbers that drop-frame time code leaves out each minute but every tenth (SMPTE ST 12-1)."""

REEL: Final = "AX"
"""What CMX 3600 calls a source that is no tape."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A plan of one source, and what editors want to know of that."""

    plan: Plan
    source: Path
    width: int
    height: int
    duration: float
    """Seconds of the source."""
    sound: bool = True
    sample_rate: int = 48_000

    @property
    def name(self) -> str:
        """The source's, without its ending."""
        return self.source.stem

    @property
    def uri(self) -> str:
        """Where the source is."""
        return self.source.absolute().as_uri()

    @property
    def frames(self) -> int:
        """Of the source, on the plan's grid."""
        last = max((piece.last for piece in self.plan.pieces), default=0)
        return max(last, round(self.duration * self.plan.rate))


def export(timeline: Timeline, path: Path) -> None:
    """Write the timeline, in the format that the path's ending names.

    `.otio` and `.xml` (Final Cut Pro 7) need the extra `otio`; `.fcpxml` and `.edl` nothing. Raises `SettingRejected`
    for another ending and `ExtraMissing`.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise SettingRejected(f"expected a timeline of {', '.join(WRITERS)}, found {path.name}")
    write(timeline, path)


def edl(timeline: Timeline) -> str:
    """CMX 3600: one event a piece; drop-frame where the rate has it."""
    rate = timeline.plan.rate
    title = " ".join(timeline.name.split())[:70]
    lines = [f"TITLE: {title}", f"FCM: {'DROP FRAME' if rate in DROPPED else 'NON-DROP FRAME'}", ""]
    at = 0
    channels = "AA/V" if timeline.sound else "V"
    for number, piece in enumerate(timeline.plan.pieces, 1):
        times = (piece.first, piece.last, at, at + len(piece))
        codes = " ".join(timecode(each, rate) for each in times)
        lines += [f"{number:03}  {REEL:8} {channels:5} C        {codes}"]
        lines += [f"* FROM CLIP NAME: {timeline.source.name}", ""]
        at += len(piece)
    return "\n".join(lines)


def timecode(frame: int, rate: Fraction) -> str:
    """SMPTE time code of a frame; with `;` before the frames where numbers are dropped."""
    whole = round(rate)
    dropped = DROPPED.get(rate, 0)
    if dropped:
        minute, ten = whole * 60 - dropped, whole * 600 - 9 * dropped
        tens, rest = divmod(frame, ten)
        frame += 9 * dropped * tens
        if rest >= whole * 60:
            frame += dropped * ((rest - whole * 60) // minute + 1)
    seconds, frames = divmod(frame, whole)
    mark = ";" if dropped else ":"
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:02}"


def fcpxml(timeline: Timeline) -> str:
    """FCPXML 1.9, as Final Cut Pro X, DaVinci Resolve and Premiere (by way of XtoCC) open it."""
    rate = timeline.plan.rate

    def seconds(frames: int) -> str:
        exact = frames / rate
        bottom = f"/{exact.denominator}" if exact.denominator != 1 else ""
        return f"{exact.numerator}{bottom}s"

    root = ET.Element("fcpxml", version="1.9")
    resources = ET.SubElement(root, "resources")
    ET.SubElement(
        resources,
        "format",
        id="r1",
        frameDuration=seconds(1),
        width=str(timeline.width),
        height=str(timeline.height),
        colorSpace="1-1-1 (Rec. 709)",
    )
    asset = {
        "id": "r2", "name": timeline.name, "start": "0s", "duration": seconds(timeline.frames),
        "hasVideo": "1", "format": "r1", "videoSources": "1",
    }  # fmt: skip
    if timeline.sound:
        asset |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2"}
        asset |= {"audioRate": str(timeline.sample_rate)}
    ET.SubElement(
        ET.SubElement(resources, "asset", asset),
        "media-rep",
        kind="original-media",
        src=timeline.uri,
    )
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=timeline.name)
    project = ET.SubElement(event, "project", name=timeline.name)
    kind = "DF" if rate in DROPPED else "NDF"
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        duration=seconds(timeline.plan.frames),
        tcStart="0s",
        tcFormat=kind,
    )
    spine = ET.SubElement(sequence, "spine")
    at = 0
    for piece in timeline.plan.pieces:
        ET.SubElement(
            spine,
            "asset-clip",
            ref="r2",
            name=timeline.name,
            offset=seconds(at),
            start=seconds(piece.first),
            duration=seconds(len(piece)),
            format="r1",
            tcFormat=kind,
        )
        at += len(piece)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def _otio(timeline: Timeline, path: Path) -> None:
    try:
        import opentimelineio as otio  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("otio", "opentimelineio") from error
    adapter = {".otio": "otio_json", ".xml": "fcp_xml"}[path.suffix.lower()]
    if adapter not in otio.adapters.available_adapter_names():
        raise ExtraMissing("otio", "otio_fcp_adapter")
    otio.adapters.write_to_file(_tracks(timeline, otio), str(path), adapter_name=adapter)


def _tracks(timeline: Timeline, otio: Any) -> Any:
    rate = float(timeline.plan.rate)

    def span(first: int, count: int) -> Any:
        time = otio.opentime
        return time.TimeRange(time.RationalTime(first, rate), time.RationalTime(count, rate))

    made = otio.schema.Timeline(timeline.name)
    kinds = ["Video", "Audio"] if timeline.sound else ["Video"]
    for kind in kinds:
        track = otio.schema.Track(f"{kind[0]}1", kind=kind)
        for piece in timeline.plan.pieces:
            media = otio.schema.ExternalReference(timeline.uri, span(0, timeline.frames))
            media.name = timeline.source.name
            track.append(otio.schema.Clip(timeline.name, media, span(piece.first, len(piece))))
        made.tracks.append(track)
    return made


def _write(text: Callable[[Timeline], str]) -> Callable[[Timeline, Path], None]:
    def write(timeline: Timeline, path: Path) -> None:
        path.write_text(text(timeline), encoding="utf-8")

    return write


WRITERS: Final[Mapping[str, Callable[[Timeline, Path], None]]] = {
    ".otio": _otio,
    ".xml": _otio,
    ".fcpxml": _write(fcpxml),
    ".edl": _write(edl),
}
"""By ending."""
