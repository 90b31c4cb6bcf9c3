"""A rendered file, read and decoded once more before anybody is told that it is ready."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

import av

from v100_ai.clips.render.encoding import KEY_S
from v100_ai.clips.render.grid import RATE
from v100_ai.errors import RenderFailed

NESTED: Final = (b"moov", b"trak", b"edts")
"""Boxes of ISO/IEC 14496-12 that are looked into."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the file holds, as a player finds it."""

    frames: int
    seconds: float
    bytes: int
    keys: int
    sound: float | None
    """Seconds of sound."""


def checked(
    path: Path,
    *,
    frames: int,
    rate: Fraction,
    size: tuple[int, int],
    sound: bool,
    tick: Callable[[], None],
) -> Checked:
    """Decode all of a file. Raises `RenderFailed` with the first thing that is not as it was planned."""
    order = [kind for kind, depth in boxes(path) if depth == 0]
    _expect("its index before its media", order.index(b"moov") < order.index(b"mdat"), found=order)
    lists = sum(kind == b"elst" for kind, _ in boxes(path))
    _expect("no edit list", lists == 0, found=lists)
    keys: list[int] = []
    count, samples, grid = 0, 0, float(rate)
    first: float | None = None
    try:
        with av.open(str(path)) as container:
            video = container.streams.video[0]
            video.thread_type = "AUTO"
            # Every macroblock is read and rebuilt; smoothing their edges afterwards finds no damage.
            video.codec_context.options = {"skip_loop_filter": "all"}
            found = (
                video.codec_context.width,
                video.codec_context.height,
                video.codec_context.pix_fmt,
            )
            _expect(f"{size[0]}x{size[1]} in yuv420p", found == (*size, "yuv420p"), found=found)
            tracks = container.streams.audio
            _expect("sound" if sound else "no sound", bool(tracks) == sound, found=len(tracks))
            for packet in container.demux():
                if packet.stream is video and packet.is_keyframe and packet.size:
                    keys.append(round(float((packet.pts or 0) * (packet.time_base or 0) * rate)))
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame):
                        first = frame.time if first is None else first
                        _expect("a picture without damage", not frame.is_corrupt, found=count)
                        _expect(
                            f"frame {count} at its time",
                            _place(frame, grid) == count,
                            found=frame.time,
                        )
                        count += 1
                        tick()
                    elif isinstance(frame, av.AudioFrame):
                        samples += frame.samples
                        _expect(
                            f"sound at {RATE} Hz",
                            frame.sample_rate == RATE,
                            found=frame.sample_rate,
                        )
    except av.FFmpegError as refused:
        raise RenderFailed(f"{path.name}: it cannot be decoded: {refused}") from refused
    _expect(f"{frames} frames", count == frames, found=count)
    _expect("a beginning at 0 s", first == 0, found=first)
    gaps = [b - a for a, b in pairwise([*keys, frames])]
    _expect(
        f"a key frame every {KEY_S} s",
        keys[:1] == [0] and max(gaps) <= KEY_S * rate + 1,
        found=keys,
    )
    seconds = float(frames / rate)
    heard = samples / RATE if sound else None
    if heard is not None:
        _expect(
            "sound as long as the picture within a frame",
            abs(heard - seconds) <= max(float(1 / rate), 1024 / RATE) + 1e-6,
            found=f"{heard:.3f} of {seconds:.3f} s",
        )
    return Checked(count, seconds, path.stat().st_size, len(keys), heard)


def _place(frame: av.VideoFrame, rate: float) -> int:
    return round((frame.time or 0.0) * rate)


def _expect(what: str, held: bool, *, found: object) -> None:  # noqa: FBT001  # what is claimed
    if not held:
        raise RenderFailed(f"expected a clip with {what}, found {found}")


def boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """The boxes of an MP4 in order, and how deep each lies: those at its top and those that lead to edit lists."""
    with path.open("rb") as file:
        yield from _boxes(file, 0, path.stat().st_size, 0)


def _boxes(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int]]:
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        elif size == 0:
            size = end - start
        if size < head:
            raise RenderFailed(f"expected a box of at least {head} bytes, found {size}")
        yield kind, depth
        if kind in NESTED:
            yield from _boxes(file, start + head, min(start + size, end), depth + 1)
        start += size
