"""Decoder: packets of one stream to pictures, and what of them was lost."""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from v100_ai.errors import SourceLost

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet

WAITING: Final = 4096
"""Packets that may wait for their picture before nothing more is told of them."""

LOSSES: Final = 100
"""Stretches of lost pictures that are kept."""

KEPT: Final = 600
"""Packets since the key frame before the last that are kept, for what a broken end leaves in the decoder."""

KEPT_BYTES: Final = 32 << 20


@dataclass(slots=True)
class Loss:
    """Pictures that could not be decoded, from one time to another in seconds of the input."""

    start: float
    end: float
    count: int


@dataclass(slots=True)
class Decoder:
    """Decodes, and follows which packet became a picture.

    A packet whose time no picture has is lost, if the pictures around it leave its time empty: some packets hold a
    field, or a picture that is never shown.
    """

    stream: VideoStream
    packets: int = 0
    pictures: int = 0
    size: int = 0
    """Bytes of all packets."""
    damaged: int = 0
    """Packets that the decoder refused, and pictures it gave with damage, after the first picture."""
    early: int = 0
    """Packets that the decoder refused before the first picture."""
    losses: list[Loss] = field(default_factory=list[Loss])
    keyed: bool = False
    """Whether the first packet was a key frame."""
    leading: bool = False
    """Whether the first packet was decoded, and shown first: what lies before it in time hangs on what came before."""
    end: int = 0
    """The place behind the last packet in its container, where that is known."""
    _epoch: list[int] = field(default_factory=lambda: [0, 0])
    _last: list[int | None] = field(default_factory=lambda: [None, None])
    """Of what went in and of what came out: how often the times began again, and the last one."""
    _waiting: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _followed: bool = True
    _followed_packets: int = 0
    _opening: int | None = None
    """Time of the first packet."""
    _kept: deque[Packet] = field(default_factory=deque[Packet])
    _kept_size: int = 0
    _group: int = 0
    """Packets at the front of those that lie before the last key frame."""

    @property
    def lost(self) -> int:
        """Pictures that could not be decoded."""
        return sum(each.count for each in self.losses)

    def decoded(self, packets: Iterator[Packet]) -> Iterator[av.VideoFrame]:
        """Every picture; also those that wait in the decoder when the packets break off with `SourceLost`."""
        try:
            for packet in packets:
                if packet.size:
                    self._take(packet)
                yield from self._pictures(packet)
        except SourceLost:
            yield from self._pictures(None)
            yield from self._again()
            raise
        yield from self._again()

    def _pictures(self, packet: Packet | None) -> Iterator[av.VideoFrame]:
        context = self.stream.codec_context
        try:
            found = context.decode(packet)
        except MemoryError:
            raise
        except (av.FFmpegError, EOFError):
            # Recordings may begin between two key frames; after the first picture it is damage.
            if self.pictures:
                self.damaged += 1
            else:
                self.early += 1
            return
        for picture in found:
            if isinstance(picture, av.VideoFrame):
                yield self._given(picture)

    def _again(self) -> Iterator[av.VideoFrame]:
        """Pictures behind an error that a decoder of several threads keeps to itself when it is emptied."""
        behind = self._last[1]
        if not self._waiting or not self._followed or behind is None or not self._kept:
            return
        codec = self.stream.codec_context
        alone = av.CodecContext.create(codec.name, "r")
        assert isinstance(alone, VideoCodecContext)  # noqa: S101 - of a video stream's codec
        alone.extradata, alone.thread_count = codec.extradata, 1
        for packet in [*self._kept, None]:
            try:
                found = alone.decode(packet)
            except MemoryError:
                raise
            except (av.FFmpegError, EOFError, ValueError):
                continue
            for picture in found:
                if (picture.pts or 0) > behind:
                    yield self._given(picture)

    def finish(self) -> None:
        """No picture follows: what still waits is lost."""
        if self.pictures and self._followed:
            self._lose(self._waiting)
        if not self._followed or self.lost > max(0, self._followed_packets - self.pictures):
            # Times of packets and of pictures are not the same thing here: as many came out as went in.
            self.losses.clear()

    def _take(self, packet: Packet) -> None:
        if not self.packets:
            self.keyed, self._opening = packet.is_keyframe, packet.pts
        self.packets += 1
        self.size += packet.size
        self.end = max(self.end, (packet.pos or 0) + packet.size)
        self._keep(packet)
        if packet.pts is None or packet.is_discard or self._hidden(packet):
            return
        self._begin_again(0, packet.dts if packet.dts is not None else packet.pts, packet.duration)
        self._followed_packets += 1
        heapq.heappush(self._waiting, (self._epoch[0], packet.pts))
        self._followed = self._followed and len(self._waiting) <= WAITING

    def _keep(self, packet: Packet) -> None:
        """The packets since the key frame before the last one: what a decoder still holds may be of before it."""
        if packet.is_keyframe:
            for _ in range(self._group):
                self._kept_size -= self._kept.popleft().size
            self._group = len(self._kept)
        if len(self._kept) == KEPT or self._kept_size > KEPT_BYTES:
            self._kept.clear()
            self._kept_size = self._group = 0
        if packet.is_keyframe or self._kept:
            self._kept.append(packet)
            self._kept_size += packet.size

    def _hidden(self, packet: Packet) -> bool:
        """VP8 says in its first byte whether a picture is shown (RFC 6386, 9.1)."""
        return self.stream.codec_context.name in {"vp8", "libvpx"} and not bytes(packet)[0] & 0x10

    def _begin_again(self, side: int, now: int, lasts: int | None) -> None:
        last = self._last[side]
        if last is not None and now < last - 2 * (lasts or 1):
            behind = side == 1 and self._epoch[1] == self._epoch[0]
            self._epoch[side] += not behind
        self._last[side] = now

    def _given(self, picture: av.VideoFrame) -> av.VideoFrame:
        # What is left in a decoder comes without a packet, which else tells the unit of time.
        picture.time_base = self.stream.time_base or Fraction(1)
        self._follow(picture)
        return picture

    def _follow(self, picture: av.VideoFrame) -> None:
        first, self.pictures = not self.pictures, self.pictures + 1
        self.damaged += picture.is_corrupt
        pts, last = picture.pts, self._last[1]
        if first:
            self.leading = pts is not None and pts == self._opening
        if pts is None or not self._followed:
            return
        self._begin_again(1, pts, picture.duration)
        key = (self._epoch[1], pts)
        passed = list[tuple[int, int]]()
        while self._waiting and self._waiting[0] < key:
            passed.append(heapq.heappop(self._waiting))
        if self._waiting and self._waiting[0] == key:
            heapq.heappop(self._waiting)
        step = picture.duration or self._step
        if passed and (first or last is None or not last <= pts <= last + 1.5 * step):
            self._lose(passed, until=pts)

    @property
    def _step(self) -> float:
        rate = self.stream.average_rate
        return 1 / float((rate or 25) * (self.stream.time_base or 1))

    def _lose(self, passed: list[tuple[int, int]], until: int | None = None) -> None:
        base = float(self.stream.time_base or 1)
        if not passed or len(self.losses) == LOSSES:
            return
        times = sorted(pts for _, pts in passed)
        end = times[-1] + self._step if until is None else max(until, times[-1])
        self.losses.append(Loss(times[0] * base, end * base, len(passed)))
