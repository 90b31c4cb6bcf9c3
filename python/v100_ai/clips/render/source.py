"""A source as it is rendered from: opened behind the worker's checks, on an axis that begins where it begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from v100_ai.clips.render.grid import grid_rate
from v100_ai.sources import Media
from v100_ai.worker.child.opening import opened
from v100_ai.worker.spec import Limits, Spec

FAR_S: Final = 6.0
"""Seconds ahead from which it is cheaper to look for a key frame than to decode what lies between."""

EARLIER_S: Final = 1.0
"""Seconds before a place that its key frame is looked for: indexes count in the order of decoding, which runs ahead."""


@dataclass(slots=True)
class Source:
    """An open input and its axis: seconds from its first picture or sound."""

    media: Media
    zero: float
    rate: Fraction
    rotation: int = 0
    """Degrees counter-clockwise by which its pictures are turned to be shown."""

    @property
    def video(self) -> VideoStream:
        """The stream whose pictures are shown."""
        return self.media.stream

    @property
    def turned(self) -> bool:
        """Whether its pictures are shown turned by a quarter, as those of a telephone held upright are."""
        return round(self.rotation / 90) % 2 == 1

    @property
    def audio(self) -> AudioStream | None:
        """The stream that is heard, if there is one that can be decoded."""
        stream = self.media.container.streams.best("audio")
        if not isinstance(stream, AudioStream) or getattr(stream, "codec_context", None) is None:
            return None
        return stream

    @property
    def duration(self) -> float | None:
        """Seconds it says it lasts."""
        return self.media.duration

    def seek(self, seconds: float, stream: VideoStream | AudioStream) -> None:
        """Go to the last place before a moment from which it can be decoded; to its start where it knows none."""
        base = stream.time_base or Fraction(1, av.time_base)
        at = max(0.0, seconds - EARLIER_S) + self.zero
        try:
            self.media.container.seek(int(at / base), stream=stream)
        except av.FFmpegError:
            self.media.container.seek(0)
        stream.codec_context.flush_buffers()


@contextmanager
def source(name: str, limits: Limits, *, coarse: bool = False) -> Iterator[Source]:
    """The file of that name, open. Raises `NotMedia`, `NoVideo` and `SourceLost`.

    `coarse` is for looking at its pictures, not for showing them: edges of blocks are not smoothed, and pictures that no
    other one needs are left out. It takes half the time.
    """
    with opened(name, Spec(source=name, files=True, limits=limits)) as media:
        zero = (media.container.start_time or 0) / av.time_base
        stream = media.stream
        if coarse:
            stream.codec_context.options = {"skip_loop_filter": "all"}
            stream.codec_context.skip_frame = "NONREF"
        rate = grid_rate(stream.average_rate, stream.base_rate)
        yield Source(media, zero, rate, _rotation(media.container, stream))


def _rotation(container: InputContainer, stream: VideoStream) -> int:
    """What its first picture says; the container's display matrix comes with each picture."""
    try:
        first = next(iter(container.decode(stream)), None)
        container.seek(0)
    except av.FFmpegError:
        return 0
    stream.codec_context.flush_buffers()
    return first.rotation if isinstance(first, av.VideoFrame) else 0
