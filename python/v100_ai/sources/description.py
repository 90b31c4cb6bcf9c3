"""Description: what an input says of itself."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from v100_ai.frames.door import coloured, matrix_of, range_of
from v100_ai.sources.turning import rotation

TRANSFERS: Final = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "bt601",
    7: "smpte240m",
    8: "linear",
    13: "srgb",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "pq",
    18: "hlg",
}
"""By ITU-T H.273's number, which FFmpeg keeps."""

HDR: Final = {"pq": "HDR (PQ)", "hlg": "HDR (HLG)"}

PROGRESSIVE: Final = {
    0: None,
    1: "progressive",
    2: "interlaced, top first",
    3: "interlaced, bottom first",
}
"""By FFmpeg's order of fields; those beyond are stored otherwise than shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """`None` is what it does not say."""

    format: str
    codec: str
    coded: tuple[int, int]
    """Width and height as coded."""
    shown: tuple[int, int]
    """Width and height as shown: upright, samples square."""
    depth: int
    """Bits a sample."""
    pixel_format: str
    range: str
    """limited, full, or rgb."""
    matrix: str | None
    transfer: str | None
    scan: str | None
    sar: str
    """A sample's width to its height."""
    rotation: int
    """Degrees clockwise that pictures are turned by to be shown."""
    rate: float | None
    """Frames a second."""
    length: float | None
    """Seconds that are read."""
    stream: int
    """Which of the video streams, from 0."""
    streams: int

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self) | {"coded": list(self.coded), "shown": list(self.shown)}

    @property
    def dynamic(self) -> str:
        """SDR, or which HDR."""
        return HDR.get(self.transfer or "", "SDR")

    def words(self) -> list[str]:
        """As a report's header has it."""
        coded, shown = (f"{width}x{height}" for width, height in (self.coded, self.shown))
        said = [
            f"{self.codec} in {self.format}",
            coded if coded == shown else f"{coded}, shown {shown}",
            f"{self.pixel_format}, {self.depth} bit, {self.range} range",
            ", ".join(
                [
                    self.matrix or "matrix not told",
                    self.transfer or "transfer not told",
                    self.dynamic,
                ]
            ),
            self.scan or "",
            f"SAR {self.sar}" if self.sar != "1:1" else "",
            f"turned by {self.rotation} degrees" if self.rotation else "",
            f"{self.rate:.5g} frames/s" if self.rate else "",
            f"video stream {self.stream} of {self.streams}" if self.streams > 1 else "",
        ]
        return [each for each in said if each]


def described(
    container: InputContainer,
    stream: VideoStream,
    picture: av.VideoFrame | None,
    length: float | None,
) -> Description:
    """Of an open input and its first picture, if one could be decoded."""
    context = stream.codec_context
    width, height = context.width, context.height
    if picture is not None:
        width, height = picture.width, picture.height
    pixels = None if picture is None else picture.format
    ratio = stream.sample_aspect_ratio
    sar = (ratio.numerator, ratio.denominator) if ratio else (1, 1)
    turned = 0 if picture is None else rotation(picture)
    shown = (max(min(1, width), round(width * sar[0] / sar[1])), height)
    videos = [each for each in container.streams.video if not attached(each)]
    return Description(
        format=container.format.name,
        codec=context.name,
        coded=(width, height),
        shown=shown[::-1] if turned % 180 else shown,
        depth=max((each.bits for each in pixels.components), default=8) if pixels else 8,
        pixel_format=pixels.name if pixels else context.pix_fmt or "unknown",
        range=_range(context, picture),
        matrix=None if picture is None else matrix_of(picture),
        transfer=TRANSFERS.get(context.color_trc if picture is None else picture.color_trc),
        scan=_scan(context.field_order, picture),
        sar=f"{sar[0]}:{sar[1]}",
        rotation=turned,
        rate=rate_of(stream),
        length=length,
        stream=next((at for at, each in enumerate(videos) if each.index == stream.index), 0),
        streams=len(videos),
    )


FASTEST: Final = 1000.0
"""Frames a second beyond which an average is the unit of time, not a rate."""


def rate_of(stream: VideoStream) -> float | None:
    """Frames a second the stream says it has."""
    for found in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if found and float(found) <= FASTEST:
            return float(found)
    return None


def attached(stream: Any) -> bool:
    """Whether a video stream is a cover or a thumbnail."""
    return bool(stream.disposition & Disposition.attached_pic)


def _range(context: Any, picture: av.VideoFrame | None) -> str:
    if picture is None:
        return "full" if context.color_range == ColorRange.JPEG else "limited"
    return "rgb" if coloured(picture.format) else range_of(picture)


def _scan(order: int, picture: av.VideoFrame | None) -> str | None:
    if picture is not None and picture.interlaced_frame:
        return PROGRESSIVE.get(order) if order in {2, 3} else "interlaced"
    return PROGRESSIVE.get(order, "interlaced")
