"""One track of a room: encoded frames -> pictures that are measured, or sound."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from v100_ai.analysis import event_of
from v100_ai.faults import Cut, Fault
from v100_ai.frames import Frame, Gap
from v100_ai.frames.door import frame_from_av
from v100_ai.worker.child.measuring import Measuring
from v100_ai.worker.child.sender import Sender
from v100_ai.worker.encoded import SOUND, SOUND_RATE, EncodedFrame
from v100_ai.worker.messages import FaceSeen, GapFound, Opened, SoundDecoded, Stats

DECODERS: Final = {"vp8": "vp8", "vp9": "vp9", "h264": "h264", "av1": "libdav1d"}
"""FFmpeg's names."""

LATE_S: Final = 0.5
"""A picture that came longer ago is decoded, since others depend on it, and not measured."""

MISSED_S: Final = 0.25
"""Without pictures for longer, that is told as a gap; shorter ones are a frame or two."""

FACE_EVERY_S: Final = 0.4
"""From one place of a face that is told to the next."""

TICKS: Final = 1_000_000
"""Of the times that decoders hand through, a second."""

OPUS_RATE: Final = 48_000
SILENCE_S: Final = 2.0
"""Missing sound of up to so long is filled with silence, so that what follows stays at its time."""

PIECE_S: Final = 0.1
"""Sound leaves in pieces of at least so long."""

STEADY_S: Final = 0.005
"""Times of packets that follow on each other are no further apart."""

SAMPLE: Final = 2


class Picture:
    """A track's pictures. What cannot be decoded is counted, and nothing is shown before the next key frame."""

    def __init__(
        self,
        codec: str,
        layers: tuple[str, ...],
        write: Callable[[bytes], None],
        clock: Callable[[], float],
    ) -> None:
        self.codec, self._layers = codec, layers
        self._sender, self._clock = Sender(write, clock), clock
        self._measuring = Measuring(layers, known=-1)
        self._context = self._made()
        self._size = (0, 0)
        self._waits = True
        self._missed: str | None = None
        self._number = -1
        self._face, self._looked = FaceSeen(), float("-inf")
        self._last: float | None = None
        self._decoded = self._analysed = self._dropped = self._damaged = 0

    @property
    def stats(self) -> Stats:
        """What became of the pictures so far; `dropped` were decoded too late to be measured."""
        return Stats(
            decoded=self._decoded,
            analysed=self._analysed,
            dropped=self._dropped,
            damaged=self._damaged,
        )

    def take(self, frame: EncodedFrame) -> None:
        """The next encoded frame."""
        if frame.gap and self._last is not None:
            self._missed = "frames were lost on their way"
            self._waits = self._waits or not frame.key
        if self._waits and not frame.key:
            self._sender.tick(self.stats)
            return
        self._waits = False
        packet = av.Packet(frame.data)
        packet.pts = packet.dts = round(frame.pts * TICKS)
        packet.time_base = Fraction(1, TICKS)
        late = self._clock() - frame.came > LATE_S
        try:
            pictures = self._context.decode(packet)
        except (av.FFmpegError, ValueError):
            self._break()
            return
        for picture in pictures:
            self._decoded += 1
            if picture.is_corrupt:
                self._break()
            elif late:
                self._dropped += 1
            else:
                self._show(picture)
        self._sender.tick(self.stats)

    def lapse(self) -> None:
        """Send what waited long enough."""
        self._sender.lapse()

    def close(self) -> None:
        """Nothing more comes: faults that last until now are told."""
        self._note(self._measuring.flush())
        self._sender.tell(self.stats)

    def _made(self) -> VideoCodecContext:
        context = av.CodecContext.create(DECODERS[self.codec], "r")
        assert isinstance(context, VideoCodecContext)  # noqa: S101  # by its name
        # Pictures are sent in the order they are shown: none is held back for those after it.
        context.thread_count = 1
        context.flags |= Flags.low_delay
        return context

    def _break(self) -> None:
        """Nothing can be shown before the next key frame; that the counter rises says that one is needed."""
        self._damaged += 1
        self._missed = "frames could not be decoded"
        self._waits = True
        self._context = self._made()
        self._sender.tell(self.stats)

    def _show(self, picture: av.VideoFrame) -> None:
        size = picture.width, picture.height
        if self._size == (0, 0):
            self._sender.tell(
                Opened(
                    width=size[0],
                    height=size[1],
                    codec=self.codec,
                    rate=None,
                    duration=None,
                    seekable=False,
                )
            )
        elif size != self._size:
            # Figures of another size are not those of this picture: what changed is its encoding.
            self._note(self._measuring.flush())
            self._measuring = Measuring(self._layers, known=-1)
        self._size = size
        frame = frame_from_av(picture)
        last, self._last = self._last, frame.pts
        if last is not None and frame.pts - last > MISSED_S and self._missed is not None:
            gap = Gap(last, frame.pts, self._missed)
            self._sender.tell(
                GapFound(from_pts=gap.start, to_pts=gap.end, reason=gap.reason, held=gap.held)
            )
        self._missed = None
        self._number += 1
        measured = self._measuring.push(self._number, frame)
        if measured is not None:
            self._analysed += 1
            self._sender.push(measured.row)
            self._look(measured.row.parts.get("faces"), frame)
            self._note(measured.found)

    def _look(self, faces: Sequence[Mapping[str, float]] | None, frame: Frame) -> None:
        """Tell where the largest face is, once in a while, if it is not where it was."""
        if faces is None or frame.pts - self._looked < FACE_EVERY_S:
            return
        seen = FaceSeen()
        if faces:
            face = max(faces, key=lambda each: each["size"])
            left, top = max(0.0, face["left"]), max(0.0, face["top"])
            right = min(frame.width, face["left"] + face["size"])
            bottom = min(frame.height, face["top"] + face["size"])
            seen = FaceSeen(
                x=round(left / frame.width, 4),
                y=round(top / frame.height, 4),
                width=round(max(0.0, right - left) / frame.width, 4),
                height=round(max(0.0, bottom - top) / frame.height, 4),
            )
        if seen != self._face:
            self._looked, self._face = frame.pts, seen
            self._sender.tell(seen)

    def _note(self, found: list[Fault | Cut]) -> None:
        for each in found:
            self._sender.tell(event_of(each))


class Sound:
    """A track's sound, as mono samples of 16 bit. Where packets are missing there is silence, so that it keeps its time."""

    codec = SOUND

    def __init__(self, write: Callable[[bytes], None], clock: Callable[[], float]) -> None:
        self._sender, self._clock = Sender(write, clock), clock
        context = av.CodecContext.create("libopus", "r")
        assert isinstance(context, AudioCodecContext)  # noqa: S101  # by its name
        context.sample_rate = OPUS_RATE
        context.layout = "stereo"
        self._context = context
        self._resampler = AudioResampler("s16", "mono", SOUND_RATE)
        self._waiting = bytearray()
        self._begins = self._since = 0.0
        self._next: float | None = None
        """Where the next packet's sound is expected to begin."""
        self._decoded = self._damaged = 0

    @property
    def stats(self) -> Stats:
        """What became of the packets so far."""
        return Stats(decoded=self._decoded, damaged=self._damaged)

    def take(self, frame: EncodedFrame) -> None:
        """The next packet."""
        try:
            decoded = self._context.decode(av.Packet(frame.data))
        except (av.FFmpegError, ValueError):
            self._damaged += 1
            decoded = []
        for each in decoded:
            self._decoded += 1
            self._place(frame.pts)
            each.pts = None
            for piece in self._resampler.resample(each):
                samples = np.ascontiguousarray(piece.to_ndarray()[0])
                self._put(samples.astype("<i2").tobytes())
            self._next = (self._next or 0.0) + each.samples / OPUS_RATE
        if len(self._waiting) >= PIECE_S * SOUND_RATE * SAMPLE:
            self.flush()
        self._sender.tick(self.stats)

    def lapse(self) -> None:
        """Send what waited long enough."""
        if self._waiting and self._clock() - self._since >= PIECE_S:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            at = max(0.0, self._begins)
            self._sender.tell(SoundDecoded(at=at, samples=bytes(self._waiting)))
            self._waiting.clear()

    def close(self) -> None:
        """Nothing more comes."""
        self.flush()
        self._sender.tell(self.stats)

    def _place(self, pts: float) -> None:
        """Begin anew, or be silent, where what came does not follow on what was before."""
        missing = 0.0 if self._next is None else pts - self._next
        if self._next is None or not -MISSED_S <= missing <= SILENCE_S:
            self.flush()
            self._next = pts
        elif missing > STEADY_S:
            self._put(bytes(round(missing * SOUND_RATE) * SAMPLE))
            self._next = pts

    def _put(self, samples: bytes) -> None:
        if not self._waiting:
            self._begins, self._since = self._next or 0.0, self._clock()
        self._waiting += samples
