"""Files, URLs and Y4M on standard input -> frames, by way of PyAV."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from v100_ai.errors import NotMedia, NoVideo, SourceLost
from v100_ai.frames import Frame
from v100_ai.frames.door import frame_from_av
from v100_ai.sources.pipe import Counted

STANDARD_INPUT: Final = "-"

TIMEOUT_S: Final = 15.0
"""How long an input may take to open, and how long it may then be silent."""

LARGEST_EDGE: Final = 8192
"""Announced pictures beyond this are not decoded at all."""

MISSING_S: Final = 0.5
"""How much earlier than announced an input may end: containers round."""

HEADED: Final = ("matroska", "mov", "flv")
"""Containers that state their length; that of others is FFmpeg's guess from their size."""


@dataclass(slots=True)
class Media:
    """An open input. Iterate over `frames` once."""

    name: str
    container: InputContainer
    stream: VideoStream
    pipe: Counted | None = None
    _packets: int = 0
    _bytes: int = 0
    _end: float = 0.0
    _damaged: int = field(default=0)
    _sought: bool = False
    _finished: bool = False

    @property
    def duration(self) -> float | None:
        """Seconds the input says it lasts."""
        if self.container.duration is None:
            return None
        return self.container.duration / av.time_base

    @property
    def rate(self) -> float | None:
        """Frames a second the input says it has."""
        rate = self.stream.average_rate
        return float(rate) if rate else None

    @property
    def count(self) -> int | None:
        """Frames the input says it has, or that follow from its length."""
        if self.stream.frames:
            return self.stream.frames
        if self.duration and self.rate:
            return round(self.duration * self.rate)
        return None

    @property
    def codec(self) -> str:
        """What the pictures are coded with."""
        return self.stream.codec_context.name

    @property
    def damaged(self) -> int:
        """Packets that could not be decoded so far, and pictures that were decoded with damage."""
        return self._damaged

    @property
    def finished(self) -> bool:
        """Whether it was read to its end, however much that held."""
        return self._finished

    @property
    def indexed(self) -> bool:
        """Whether its container leads to a time exactly; others guess, or know no times."""
        return self.container.format.name.startswith(HEADED) and self.duration is not None

    def seek(self, pts: float) -> None:
        """Begin `frames` at the last key frame up to that time, in seconds. Raises `SourceLost`."""
        try:
            self.container.seek(int(pts / (self.stream.time_base or 1)), stream=self.stream)
        except (av.FFmpegError, OverflowError) as refused:
            raise SourceLost(self.name, f"cannot go to {pts:.2f} s: {reason(refused)}") from refused
        self._sought = True

    def frames(self) -> Iterator[Frame]:
        """Every picture in the order it is shown, then `SourceLost` if the input is broken.

        A picture without a time follows the one before at the announced rate. Damaged parts are
        stepped over: the pictures after them still come.
        """
        step = 1 / (self.rate or 25.0)
        last: float | None = None
        for picture in self._pictures():
            following = 0.0 if last is None else last + step
            last = following if picture.pts is None else picture.time
            yield frame_from_av(picture, last)
        self._finished = True
        self._judge()

    def _pictures(self) -> Iterator[av.VideoFrame]:
        seen = False
        for packet in self._demuxed():
            if packet.stream is not self.stream:
                continue
            try:
                pictures = packet.decode()
            except MemoryError:
                raise
            except av.FFmpegError:
                # Recordings may begin between two key frames; after the first picture it is damage.
                self._damaged += seen
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    seen = True
                    self._damaged += picture.is_corrupt
                    yield picture

    def _demuxed(self) -> "Iterator[av.Packet[Any]]":
        try:
            for packet in self.container.demux():
                if packet.size:
                    self._note(packet)
                yield packet
            if self.pipe is not None and self.pipe.stopped is not None:
                raise self.pipe.stopped
        except MemoryError:
            raise
        except (av.FFmpegError, OSError) as lost:
            raise SourceLost(self.name, f"lost after {self._end:.2f} s: {reason(lost)}") from lost

    def _note(self, packet: "av.Packet[Any]") -> None:
        if packet.pts is not None and packet.time_base is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._end = max(self._end, end)
        if packet.stream is self.stream:
            self._packets += 1
            self._bytes += packet.size

    def _judge(self) -> None:
        """Raises if the input held less than it announced."""
        start = (self.container.start_time or 0) / av.time_base
        headed = self.container.format.name.startswith(HEADED)
        short = (self.duration or 0.0) - (self._end - start) if headed else 0.0
        announced = 0 if self._sought else self.stream.frames
        if headed and self._packets < announced and short > 1.5 / (self.rate or 25.0):
            # An edit list may leave frames out, but then the length leaves them out as well.
            reason = f"ends after {self._packets} of {announced} frames"
        elif short > MISSING_S:
            reason = f"ends after {self._end - start:.2f} of {self.duration:.2f} s"
        elif self.pipe is not None and self.pipe.left_over(self._packets, self._bytes) > 0:
            reason = f"ends within frame {self._packets}"
        elif self._damaged:
            reason = f"{self._damaged} of {self._packets} frames are damaged"
        elif not self._packets:
            reason = "no frame in it"
        else:
            return
        raise SourceLost(self.name, reason)


@contextmanager
def open_media(
    source: str | Path,
    *,
    stdin: BufferedIOBase | None = None,
    timeout: float = TIMEOUT_S,
    threads: int = 0,
    options: Mapping[str, str] | None = None,
    name: str | None = None,
    io_open: Callable[[str, int, dict[str, str]], object] | None = None,
) -> Iterator[Media]:
    """The input of that name: a path, a URL, or `-` for Y4M on standard input.

    `timeout` is how long an input may take to open, and how long it may then be silent, in seconds;
    a pipe may be silent for as long as it is open. `threads` decode, as many as there are processors where
    it is 0; `options` are FFmpeg's, `name` is what errors call it. `io_open` opens what FFmpeg would
    connect to: URL, flags and options in, an object to read from out.

    Raises `NotMedia` and `NoVideo`, and `MemoryError` where a limit is set on that.
    """
    name = name or shown(str(source))
    pipe = Counted(stdin or _standard_input()) if str(source) == STANDARD_INPUT else None
    try:
        if pipe is not None:
            container = av.open(pipe, "r", format="yuv4mpegpipe")
        else:
            given = dict(options or {})
            container = av.open(
                str(source),
                "r",
                options=given,
                timeout=(timeout, timeout),
                io_open=io_open,
                # Titles may be in any encoding; nobody reads them here.
                metadata_errors="replace",
            )
    except MemoryError:
        raise
    except (av.FFmpegError, OSError) as refused:
        if pipe is not None and isinstance(pipe.stopped, KeyboardInterrupt):
            raise pipe.stopped from None
        raise NotMedia(name, reason(refused)) from refused
    with container:
        if not container.streams.video:
            raise NoVideo(name, "expected a video stream, found " + _streams(container))
        stream = container.streams.best("video")
        # PyAV gives a stream that FFmpeg has no decoder for no context.
        if not isinstance(stream, VideoStream) or getattr(stream, "codec_context", None) is None:
            raise NoVideo(name, "expected a video stream that can be decoded, found none")
        edge = max(stream.codec_context.width, stream.codec_context.height)
        if edge > LARGEST_EDGE:
            raise SourceLost(
                name, f"expected pictures of at most {LARGEST_EDGE} px, found {edge}", final=True
            )
        stream.thread_type = "AUTO"
        stream.thread_count = threads
        yield Media(name, container, stream, pipe)


def _standard_input() -> BufferedIOBase:
    """Standard input as bytes, without a buffer that waits until it is full."""
    return open(sys.stdin.fileno(), "rb", closefd=False)


def shown(source: str) -> str:
    """The source's name as it may be shown: without a password in its URL."""
    parts = urlsplit(source)
    if "@" not in parts.netloc:
        return source
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _streams(container: InputContainer) -> str:
    return ", ".join(sorted({each.type for each in container.streams})) or "no stream at all"


def reason(error: Exception) -> str:
    """What FFmpeg or the system says, as part of a sentence."""
    said = getattr(error, "strerror", None) or str(error)
    return str(said)[:1].lower() + str(said)[1:]
