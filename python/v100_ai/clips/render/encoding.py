"""Pictures and coded sound -> an MP4 that every platform takes: its index first, no edit list, a key frame every 2 s."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from av.video.stream import VideoStream

from v100_ai.clips.render.grid import RATE
from v100_ai.clips.render.loudness import BITS, Sound
from v100_ai.worker.child.opening import opened
from v100_ai.worker.spec import Spec

FLAGS: Final = {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0"}
"""Without an edit list B-frames need negative offsets, and sound begins at its first packet that is not priming: only
together do picture and sound stay where they are."""

KEY_S: Final = 2
"""Seconds from key frame to key frame at most."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How pictures are coded by x264."""

    preset: str = "veryfast"
    crf: int = 20
    threads: int = 2


@dataclass(slots=True)
class Encoder:
    """One output on its way into its file."""

    path: Path
    width: int
    height: int
    rate: Fraction
    coding: Coding
    sound: Sound | None
    _container: Any = None
    _video: Any = None
    _audio: "Iterator[av.Packet[Any]] | None" = None
    _waiting: "av.Packet[Any] | None" = None
    _count: int = 0
    _tick: Fraction = Fraction(0)

    def __enter__(self) -> "Encoder":
        # The same input gives the same bytes: no version and no time of writing is told.
        options = {**FLAGS, "fflags": "+bitexact"}
        self._container = av.open(str(self.path), "w", format="mp4", options=options)
        video = self._container.add_stream("libx264", rate=self.rate, options=self._x264())
        assert isinstance(video, VideoStream)  # noqa: S101  # the codec's kind
        video.width, video.height, video.pix_fmt = self.width, self.height, "yuv420p"
        context = video.codec_context
        self._tick = context.time_base = 1 / self.rate
        context.gop_size = round(KEY_S * self.rate)
        context.thread_count = self.coding.threads
        context.color_range, context.colorspace = 1, 1
        context.color_primaries, context.color_trc = 1, 1
        self._video = video
        if self.sound is not None:
            stream = self._container.add_stream("aac", rate=RATE, layout="stereo")
            stream.bit_rate = BITS
            stream.codec_context.time_base = Fraction(1, RATE)
            self._audio = _copies(self.sound, stream)
        self._container.start_encoding()
        return self

    def push(self, frame: av.VideoFrame) -> None:
        """The next picture of the output."""
        frame.pts, frame.time_base = self._count, self._tick
        self._count += 1
        self._mux(self._video.encode(frame))

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._mux(self._video.encode(None))
                self._sound(None)
        finally:
            self._container.close()

    def _mux(self, packets: "list[av.Packet[Any]]") -> None:
        for packet in packets:
            self._sound((packet.dts or 0) / float(self.rate))
            self._container.mux(packet)

    def _sound(self, until: float | None) -> None:
        """Sound up to a moment: what lies together in time lies together in the file."""
        while self._audio is not None:
            self._waiting = self._waiting or next(self._audio, None)
            if self._waiting is None or (
                until is not None and (self._waiting.pts or 0) / RATE > until
            ):
                return
            self._container.mux(self._waiting)
            self._waiting = None

    def _x264(self) -> dict[str, str]:
        return {
            "preset": self.coding.preset,
            "crf": str(self.coding.crf),
            "profile": "high",
            "x264-params": f"open-gop=0:keyint={round(KEY_S * self.rate)}",
        }


def _copies(sound: Sound, stream: Any) -> "Iterator[av.Packet[Any]]":
    """The sound's packets for one file, without those of its priming."""
    for packet in sound.packets:
        if packet.pts is None or packet.pts < 0:
            continue
        copy = av.Packet(bytes(packet))
        copy.pts, copy.dts, copy.duration = packet.pts, packet.pts, packet.duration
        copy.time_base, copy.stream = Fraction(1, RATE), stream
        copy.is_keyframe = True
        yield copy


def copied(source: Any, path: Path, start: float, end: float, tick: Callable[[], None]) -> float:
    """The source's own packets from the key frame at or before a moment, as a preview; where it begins, in seconds."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        streams = {}
        inputs = [each for each in (source.video, source.audio) if each is not None]
        for each in inputs:
            streams[each.index] = out.add_stream_from_template(each)
        source.seek(start + 1.0, source.video)
        begins: float | None = None
        for packet in source.media.container.demux(*inputs):
            if packet.dts is None or packet.pts is None:
                continue
            at = float(packet.pts * packet.time_base) - source.zero
            if begins is None:
                if packet.stream is not source.video or not packet.is_keyframe:
                    continue
                begins = at
            if (
                packet.stream is source.video
                and float(packet.dts * packet.time_base) - source.zero >= end
            ):
                break
            if at < begins or (packet.stream is not source.video and at >= end):
                continue
            shift = int((begins + source.zero) / packet.time_base)
            packet.pts -= shift
            packet.dts -= shift
            packet.stream = streams[packet.stream.index]
            out.mux(packet)
            tick()
    return start if begins is None else begins


def join(parts: Sequence[str], path: Path, tick: Callable[[], None]) -> None:
    """The packets of files that follow each other, in one file: with their times, and nothing encoded again.

    Raises `SourceLost` where one of them cannot be read.
    """
    with av.open(str(path), "w", format=path.suffix.lstrip(".")) as out:
        streams: dict[int, Any] = {}
        for part in parts:
            with opened(part, Spec(source=part, files=True)) as media:
                inputs = [
                    each for each in media.container.streams if each.type in {"video", "audio"}
                ]
                for each in inputs:
                    if each.index not in streams:
                        streams[each.index] = out.add_stream_from_template(each, opaque=True)
                for packet in media.container.demux(inputs):
                    if packet.size and packet.dts is not None:
                        packet.stream = streams[packet.stream.index]
                        out.mux(packet)
                        tick()
