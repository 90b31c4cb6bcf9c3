"""InputOptions: what of an input is read, and how FFmpeg is to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final

import av

from v100_ai.errors import SettingRejected
from v100_ai.sources.known import unknown

RAW: Final = "rawvideo"
"""FFmpeg's format of samples without a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """What of an input is read. Times are seconds from its beginning."""

    stream: int | None = None
    """Which of the video streams, from 0; FFmpeg's choice where it is not said."""
    start: float = 0.0
    duration: float | None = None
    every: int = 1
    """One frame in so many is measured."""
    rate: float | None = None
    """Frames a second of what has no times of its own: image sequences and raw video."""
    format: str | None = None
    """FFmpeg's name of the input's format, where it is not to be guessed."""
    options: Mapping[str, str] = field(default_factory=dict)
    """FFmpeg's options of the format, its protocols and the decoder. One that it knows and this input has no use for
    is passed over, as by FFmpeg's own programs."""
    size: tuple[int, int] | None = None
    """Width and height of raw video, which is assumed where this is said."""
    pix_fmt: str | None = None
    """Pixel format of raw video."""
    deinterlace: bool = False
    """Whether every field becomes a frame of its own, by bwdif."""

    def __post_init__(self) -> None:
        """Raises `SettingRejected`."""
        for name, least in (("start", 0.0), ("duration", 0.0), ("rate", 0.0)):
            value: float | None = getattr(self, name)
            if value is not None and not (least <= value < inf and (value or name == "start")):
                raise SettingRejected(f"expected a {name} above 0, found {value}")
        for name, least in (("every", 1), ("stream", 0)):
            count: int | None = getattr(self, name)
            if count is not None and count < least:
                raise SettingRejected(f"expected {name} from {least}, found {count}")
        self._check_raw()
        for name in self.options:
            if unknown(name):
                raise SettingRejected(
                    f"expected an option of FFmpeg's formats, protocols or decoders, found {name}"
                )

    def _check_raw(self) -> None:
        if self.size is not None and min(self.size) < 1:
            raise SettingRejected(f"expected a size of 1x1 or more, found {self.size}")
        if self.size is None and (self.pix_fmt is not None or self.format == RAW):
            raise SettingRejected(
                "expected the size of raw video (--size WIDTHxHEIGHT), found none"
            )
        if self.pix_fmt is not None:
            _check_pixels(self.pix_fmt)
        if self.format is not None:
            _check_format(self.format)

    @property
    def demuxer(self) -> str | None:
        """FFmpeg's name of the format, `None` where it is to be guessed."""
        return self.format or (RAW if self.size is not None else None)

    @property
    def whole(self) -> bool:
        """Whether all of the input is read."""
        return not self.start and self.duration is None

    def given(self) -> dict[str, str]:
        """FFmpeg's options, those that follow from the others first."""
        made = dict[str, str]()
        if self.size is not None:
            made["video_size"] = f"{self.size[0]}x{self.size[1]}"
            made["pixel_format"] = self.pix_fmt or "yuv420p"
        if self.rate is not None:
            made["framerate"] = f"{self.rate:g}"
        return made | dict(self.options)


UNTIMED: Final = ("image2", "rawvideo", "_pipe", "h264", "hevc", "mjpeg", "mpegvideo", "m4v", "vc1")
"""Parts of the names of formats whose frames have no times of their own."""


def untimed(format_name: str) -> bool:
    """Whether an input of that format takes a rate."""
    return any(part in format_name for part in UNTIMED)


def _check_pixels(name: str) -> None:
    try:
        av.VideoFormat(name)
    except ValueError as unknown:
        raise SettingRejected(
            f"expected FFmpeg's name of a pixel format, found {name}"
        ) from unknown


def _check_format(name: str) -> None:
    try:
        found = av.ContainerFormat(name)
    except ValueError as unknown:
        raise SettingRejected(f"expected FFmpeg's name of a format, found {name}") from unknown
    if not found.is_input:
        raise SettingRejected(f"expected a format that FFmpeg reads, found {name}")
