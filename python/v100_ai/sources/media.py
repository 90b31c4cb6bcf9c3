"""Media: an open input, and the frames of one of its video streams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from v100_ai.errors import OutOfMemory, SourceLost
from v100_ai.frames import Frame, Gap
from v100_ai.frames.door import frame_from_av
from v100_ai.sources.decoding import Decoder, Loss, Packet
from v100_ai.sources.description import Description, described, rate_of
from v100_ai.sources.options import InputOptions
from v100_ai.sources.pipe import Counted
from v100_ai.sources.timeline import Timeline
from v100_ai.sources.turning import Shown, rotation
from v100_ai.sources.words import STARVED, reason, silence, unpiped

MISSING_S: Final = 0.5
"""How much earlier than announced an input may end: containers round."""

HEADED: Final = ("matroska", "mov", "flv")
"""Containers that state their length; that of others is FFmpeg's guess from their size."""

EARLY_S: Final = 0.0005
"""Times of two frames that are one frame's: containers keep milliseconds."""

GAPS: Final = 1000
"""Gaps that are kept."""


@dataclass(slots=True)
class Media:
    """An open input. Iterate over `frames` once."""

    name: str
    container: InputContainer
    stream: VideoStream
    pipe: Counted | None = None
    options: InputOptions = field(default_factory=InputOptions)
    timeout: float = 15.0
    taken: Callable[[Packet], None] | None = None
    """Given each packet of the input, whatever is decoded of it."""
    notes: list[str] = field(default_factory=list[str])
    """What is to be told of the input, though nothing is wrong with it."""
    gaps: list[Gap] = field(default_factory=list[Gap])
    """Times without frames so far, and clocks that started again."""
    _decoder: Decoder = field(init=False)
    _decoded: Iterator[av.VideoFrame] = field(init=False)
    _first: av.VideoFrame | None = None
    _end: float = 0.0
    _sought: bool = False
    _finished: bool = False

    def __post_init__(self) -> None:
        self._decoder = Decoder(self.stream)
        self._decoded = self._afforded(self._decoder.decoded(self._demuxed()))

    @property
    def duration(self) -> float | None:
        """Seconds of it that are read, as far as it says."""
        whole = self._announced
        if whole is None or self.options.whole:
            return whole
        left = max(0.0, whole - self.options.start)
        return left if self.options.duration is None else min(left, self.options.duration)

    @property
    def _announced(self) -> float | None:
        """Seconds the input says it lasts."""
        if self.container.duration is None:
            return None
        return self.container.duration / av.time_base

    @property
    def rate(self) -> float | None:
        """Frames a second the input says it has."""
        return rate_of(self.stream)

    @property
    def count(self) -> int | None:
        """Frames that are read, as far as the input says, or as follows from its length."""
        found = round(self.duration * self.rate) if self.duration and self.rate else None
        if self.stream.frames and self.options.whole:
            # An edit list hides some of them, and leaves them out of the length.
            found = min(self.stream.frames, found or self.stream.frames)
        return found and -(-found // self.options.every)

    @property
    def codec(self) -> str:
        """What the pictures are coded with."""
        return self.stream.codec_context.name

    @property
    def damaged(self) -> int:
        """Packets that could not be decoded so far, and pictures that were decoded with damage."""
        return self._decoder.damaged

    @property
    def losses(self) -> list[Loss]:
        """Pictures that could not be decoded, once the input has ended."""
        return self._decoder.losses

    @property
    def finished(self) -> bool:
        """Whether it was read to its end, however much that held."""
        return self._finished

    @property
    def indexed(self) -> bool:
        """Whether its container leads to a time exactly; others guess, or know no times."""
        return self.container.format.name.startswith(HEADED) and self._announced is not None

    @property
    def description(self) -> Description:
        """What the input says of itself; its first picture is decoded for that. Raises `SourceLost`."""
        return described(self.container, self.stream, self._ahead(), self.duration)

    def _ahead(self) -> av.VideoFrame | None:
        """The first picture, which `frames` gives as well."""
        if self._first is None:
            self._first = next(self._decoded, None)
        return self._first

    def seek(self, pts: float) -> None:
        """Begin `frames` at the last key frame up to that time, in seconds. Raises `SourceLost`."""
        try:
            self.container.seek(int(pts / (self.stream.time_base or 1)), stream=self.stream)
        except (av.FFmpegError, OverflowError) as refused:
            raise SourceLost(self.name, f"cannot go to {pts:.2f} s: {reason(refused)}") from refused
        self._sought = True
        self.__post_init__()
        self._first = None

    def frames(self) -> Iterator[Frame]:
        """Every picture in the order it is shown, upright, then `SourceLost` if the input is broken.

        A picture without a time follows the one before at the announced rate. Damaged parts are
        stepped over: the pictures after them still come. A clock that starts again goes on.
        """
        yield from islice(self._within(), None, None, self.options.every)

    def _within(self) -> Iterator[Frame]:
        """Those of the stretch that is asked for."""
        options, begins = self.options, self._begins
        if options.start and not self._sought:
            self._go(begins + options.start)
        until = None if options.duration is None else begins + options.start + options.duration
        for frame in self._placed():
            if options.start and frame.pts < begins + options.start - EARLY_S:
                continue
            if until is not None and frame.pts >= until - EARLY_S:
                self._finished = True
                return
            yield frame
        self._finished = True
        self._judge()

    @property
    def _begins(self) -> float:
        """Seconds of the input's own axis at its beginning."""
        return (self.container.start_time or 0) / av.time_base

    def _go(self, pts: float) -> None:
        """To a key frame before that time, where the container leads there; all before it is read otherwise."""
        if not self.indexed:
            return
        self.seek(pts)
        first = self._ahead()
        if first is None or (first.pts is not None and first.time > pts + EARLY_S):
            self.seek(0.0)

    def _placed(self) -> Iterator[Frame]:
        """Every picture on one axis."""
        step = 1 / (self.rate or 25.0)
        line, last = Timeline(step), None
        sar = float(self.stream.sample_aspect_ratio or 1)
        ahead = self._ahead()
        pictures = () if ahead is None else chain((ahead,), self._decoded)
        for picture in Shown(self.options.deinterlace).pictures(pictures):
            following = 0.0 if last is None else last + step
            last = following if picture.pts is None else picture.time
            lasts = float((picture.duration or 0) * (picture.time_base or 0))
            at, gap = line.place(last, lasts)
            if gap is not None and len(self.gaps) < GAPS:
                self.gaps.append(gap)
            turned = rotation(picture) % 180 == 90  # noqa: PLR2004 - a quarter
            frame = frame_from_av(picture, at)
            if gap is not None or sar != 1:
                frame = replace(frame, gap=gap, sar=1 / sar if turned else sar)
            yield frame

    def _note(self, packet: Packet) -> None:
        if packet.pts is not None and packet.time_base is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._end = max(self._end, end)
        if self.taken is not None and packet.size:
            self.taken(packet)

    def _afforded(self, pictures: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        try:
            yield from pictures
        except MemoryError as starved:
            raise OutOfMemory(self.name, STARVED) from starved

    def _demuxed(self) -> Iterator[Packet]:
        try:
            for packet in self.container.demux():
                self._note(packet)
                if packet.stream is self.stream:
                    yield packet
            if self.pipe is not None and self.pipe.stopped is not None:
                raise self.pipe.stopped
        except MemoryError:
            raise
        except (av.FFmpegError, OSError) as lost:
            if self.pipe is not None and not self._decoder.packets:
                raise SourceLost(self.name, unpiped(self.pipe.head)) from lost
            what = silence(lost, self.timeout)
            raise SourceLost(self.name, f"lost after {self._end:.2f} s: {what}") from lost

    def _judge(self) -> None:
        """Raises if the input held less than it announced, or less could be decoded than it holds."""
        decoder = self._decoder
        decoder.finish()
        headed = self.container.format.name.startswith(HEADED)
        # Some containers count their length from zero, others from where they begin.
        reached = max(self._end, self._end - self._begins)
        short = (self._announced or 0.0) - reached if headed else 0.0
        announced = 0 if self._sought else self.stream.frames
        found = list[str]()
        if decoder.packets and not decoder.pictures:
            found.append(f"0 of {max(announced, decoder.packets)} frames could be decoded")
        elif headed and decoder.packets < announced and short > 1.5 / (self.rate or 25.0):
            # An edit list may leave frames out, but then the length leaves them out as well.
            found.append(f"ends after {decoder.packets} of {announced} frames")
        elif short > MISSING_S:
            found.append(f"ends after {reached:.2f} of {self._announced:.2f} s")
        elif self.pipe is not None and self.pipe.total > decoder.end > 0 and self.pipe.raw:
            found.append(f"ends within frame {decoder.packets}")
        elif not decoder.packets:
            found.append("no frame in it")
        if decoder.pictures:
            found += self._undecoded()
        if found:
            raise SourceLost(self.name, "; ".join(found))

    def _undecoded(self) -> list[str]:
        """What is told of pictures that could not be decoded; a stream that was joined between key frames says so."""
        decoder, begins = self._decoder, self._begins
        losses = list(decoder.losses)
        headed = self.container.format.name.startswith(HEADED)
        lenient = decoder.leading or not (decoder.keyed or headed)
        if losses and lenient and losses[0].start <= begins + EARLY_S:
            joined = losses.pop(0)
            first = f"the first {joined.count} frames" if joined.count > 1 else "the first frame"
            self.notes.append(
                f"joined between two key frames: {first},"
                f" {joined.end - joined.start:.2f} s, cannot be decoded"
            )
        lost = sum(each.count for each in losses)
        early = 0 if decoder.losses or lenient else decoder.early
        wrong = lost + early + max(0, decoder.damaged - decoder.lost)
        if not wrong:
            return []
        spans = ", ".join(f"{each.start:.2f} to {each.end:.2f} s" for each in losses[:3])
        more = f" and {len(losses) - 3} more" if len(losses) > 3 else ""  # noqa: PLR2004
        of = f"{wrong} of {decoder.packets} frames"
        return [
            f"{of} are damaged or could not be decoded: {spans}{more}"
            if lost
            else f"{of} are damaged"
        ]
