"""Recorder: a source's own packets on disk, in files of some seconds, the oldest removed; nothing is encoded again."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import av

from v100_ai.sources import Media
from v100_ai.worker.messages import Recorded
from v100_ai.worker.spec import Recording

SECONDS: Final = 6.0
"""Of a file at least: it ends before the key frame that follows."""

LONGEST_S: Final = 60.0
"""Of a file at most, where no key frame comes."""

ENDING: Final = ".nut"
"""A container that takes every codec as it comes, and its times as they are."""

TYPES: Final = ("video", "audio")


@dataclass(slots=True)
class Recorder:
    """Takes packets in the order they come. `told` is given each file when it is whole.

    A disk that is full or a stream that cannot be written ends the recording and nothing else.
    """

    asked: Recording
    media: Media
    told: Callable[[Recorded], None]
    broken: str | None = None
    _kept: deque[tuple[Path, float, int]] = field(default_factory=deque[tuple[Path, float, int]])
    _number: int = 0
    _out: Any = None
    _path: Path | None = None
    _streams: dict[int, Any] = field(default_factory=dict[int, Any])
    _first: float = 0.0
    _last: float = 0.0

    def __post_init__(self) -> None:
        folder = Path(self.asked.folder)
        for each in sorted(folder.glob(f"*{ENDING}")):
            # Those of earlier workers are told already, and count.
            size = each.stat().st_size
            self._kept.append((each, 0.0, size))
            self._number = max(self._number, int(each.stem) + 1 if each.stem.isdecimal() else 0)

    def take(self, packet: "av.Packet[Any]") -> None:
        """One packet of the input, before it is decoded."""
        if self.broken is not None or not packet.size or packet.stream.type not in TYPES:
            return
        try:
            self._take(packet)
        except (av.FFmpegError, OSError, ValueError) as refused:
            self.broken = str(refused)
            self._out = None

    def close(self) -> None:
        """The input has ended: what is open is whole now."""
        if self._out is not None and self.broken is None:
            try:
                self._finish()
            except (av.FFmpegError, OSError) as refused:
                self.broken = str(refused)

    def _take(self, packet: "av.Packet[Any]") -> None:
        base, pts = packet.time_base, packet.pts
        if pts is None:
            return
        at = float(pts * base)
        leads = packet.stream is self.media.stream
        if leads and packet.is_keyframe and (self._out is None or at - self._first >= SECONDS):
            self._finish()
            self._begin(at)
        elif leads and self._out is not None and abs(at - self._first) >= LONGEST_S:
            self._finish()
        stream = self._streams.get(packet.stream.index)
        if self._out is None or stream is None:
            return
        copy = av.Packet(bytes(packet))
        copy.pts, copy.dts, copy.time_base = pts, packet.dts, base
        copy.duration, copy.is_keyframe = packet.duration or 0, packet.is_keyframe
        copy.stream = stream
        self._out.mux(copy)
        if leads:
            self._last = max(self._last, at + float((packet.duration or 0) * base))

    def _begin(self, at: float) -> None:
        self._path = Path(self.asked.folder) / f"{self._number:08}{ENDING}"
        self._number += 1
        self._out = av.open(str(self._path), "w", format="nut")
        self._streams = {
            each.index: self._out.add_stream_from_template(each, opaque=True)
            for each in self.media.container.streams
            if _known(each)
        }
        self._first = self._last = at

    def _finish(self) -> None:
        out, self._out = self._out, None
        if out is None or self._path is None:
            return
        out.close()
        size = self._path.stat().st_size
        self._kept.append((self._path, self._last - self._first, size))
        self.told(
            Recorded(file=self._path.name, from_pts=self._first, to_pts=self._last, bytes=size)
        )
        self._forget()

    def _forget(self) -> None:
        """Remove the oldest, until what is left is no more than was asked for."""
        while len(self._kept) > 1 and (
            sum(seconds for _, seconds, _ in self._kept) - self._kept[0][1] > self.asked.seconds
            or sum(size for _, _, size in self._kept) > self.asked.bytes
        ):
            self._kept.popleft()[0].unlink(missing_ok=True)


def _known(stream: Any) -> bool:
    """Whether a stream can be written: one whose sound did not come yet says nothing of itself."""
    context = getattr(stream, "codec_context", None)
    if stream.type not in TYPES or context is None:
        return False
    return stream.type == "video" or bool(context.sample_rate)
