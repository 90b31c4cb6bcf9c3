"""Files, URLs and standard input, opened by way of PyAV."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from v100_ai.errors import NotMedia, NoVideo, OutOfMemory, SettingRejected, SourceLost
from v100_ai.sources.description import attached
from v100_ai.sources.media import Media
from v100_ai.sources.options import InputOptions, untimed
from v100_ai.sources.pipe import MAGIC, Counted
from v100_ai.sources.words import STARVED, shown, unopened, unpiped

STANDARD_INPUT: Final = "-"

TIMEOUT_S: Final = 15.0
"""How long an input may take to open, and how long it may then be silent."""

LARGEST_EDGE: Final = 8192
"""Announced pictures beyond this are not decoded at all."""

Door = Callable[[str, int, dict[str, str]], object]


@contextmanager
def open_media(
    source: str | Path,
    *,
    stdin: BufferedIOBase | None = None,
    timeout: float = TIMEOUT_S,
    threads: int = 0,
    options: Mapping[str, str] | None = None,
    name: str | None = None,
    io_open: Door | None = None,
    read: InputOptions | None = None,
) -> Iterator[Media]:
    """The input of that name: a path, a URL, or `-` for Y4M or a container on standard input.

    `timeout` is how long an input may take to open, and how long it may then be silent, in seconds;
    a pipe may be silent for as long as it is open. `threads` decode, as many as there are processors where
    it is 0; `options` are FFmpeg's and stand above those of `read`, which says what of the input is read;
    `name` is what errors call it. `io_open` opens what FFmpeg would connect to: URL, flags and options in,
    an object to read from out.

    Raises `NotMedia`, `NoVideo`, `OutOfMemory` and `SettingRejected`.
    """
    read = read or InputOptions()
    name = name or shown(str(source))
    given = read.given() | dict(options or {})
    pipe = Counted(stdin or _standard_input()) if str(source) == STANDARD_INPUT else None
    if pipe is not None:
        container = _piped(pipe, name, read, given)
    else:
        container = _opened(source, name, read, given, timeout=timeout, io_open=io_open)
    with container:
        if read.rate is not None and not untimed(container.format.name):
            kind = container.format.name
            raise SettingRejected(f"{name}: frames of {kind} have times of their own, no --rate")
        stream = _chosen(container, read.stream, name)
        edge = max(stream.codec_context.width, stream.codec_context.height)
        if edge > LARGEST_EDGE:
            raise SourceLost(
                name, f"expected pictures of at most {LARGEST_EDGE} px, found {edge}", final=True
            )
        stream.thread_type = "AUTO"
        stream.thread_count = threads
        # PyAV gives them to the format and its protocols alone.
        stream.codec_context.options = dict(read.options)
        yield Media(name, container, stream, pipe, read, timeout)


def _opened(
    source: str | Path,
    name: str,
    read: InputOptions,
    given: dict[str, str],
    *,
    timeout: float,
    io_open: Door | None,
) -> InputContainer:
    path = _located(source)
    try:
        return av.open(
            path,
            "r",
            format=read.demuxer,
            options=given,
            timeout=(timeout, timeout),
            io_open=io_open,
            # Titles may be in any encoding; nobody reads them here.
            metadata_errors="replace",
        )
    except MemoryError as starved:
        raise OutOfMemory(name, STARVED) from starved
    except (av.FFmpegError, OSError) as refused:
        raise NotMedia(name, unopened(path, refused, timeout)) from refused


def _located(source: str | Path) -> str:
    """What FFmpeg opens: a file that is there is a file, whatever colons are in its name, and so is a `Path`."""
    text = str(source)
    if "://" in text and not isinstance(source, Path):
        return text
    try:
        there = Path(text).exists()
    except (OSError, ValueError):
        there = False
    return f"file:{text}" if ":" in text and (there or isinstance(source, Path)) else text


def _piped(pipe: Counted, name: str, read: InputOptions, given: dict[str, str]) -> InputContainer:
    demuxer = read.demuxer
    if demuxer is None and pipe.peek().startswith(MAGIC):
        demuxer = "yuv4mpegpipe"
    pipe.raw = demuxer in {"yuv4mpegpipe", "rawvideo"}
    try:
        return av.open(pipe, "r", format=demuxer, options=given, metadata_errors="replace")
    except MemoryError as starved:
        raise OutOfMemory(name, STARVED) from starved
    except (av.FFmpegError, OSError) as refused:
        if isinstance(pipe.stopped, KeyboardInterrupt):
            raise pipe.stopped from None
        raise NotMedia(name, unpiped(pipe.head)) from refused


def _chosen(container: InputContainer, wanted: int | None, name: str) -> VideoStream:
    """The video stream that is measured."""
    if not container.streams.video:
        raise NoVideo(name, "expected a video stream, found " + _kinds(container))
    found = [each for each in container.streams.video if not attached(each)]
    if not found:
        raise NoVideo(name, "expected a video stream, found only a cover picture")
    if wanted is None:
        best = container.streams.best("video")
        stream = next((each for each in found if best and each.index == best.index), found[0])
    elif wanted < len(found):
        stream = found[wanted]
    else:
        raise NoVideo(name, f"expected video stream {wanted}, found {len(found)} from 0")
    # PyAV gives a stream that FFmpeg has no decoder for no context.
    if getattr(stream, "codec_context", None) is None:
        raise NoVideo(name, "expected a video stream that can be decoded, found none")
    return stream


def _standard_input() -> BufferedIOBase:
    """Standard input as bytes, without a buffer that waits until it is full."""
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _kinds(container: InputContainer) -> str:
    return ", ".join(sorted({each.type for each in container.streams})) or "no stream at all"
