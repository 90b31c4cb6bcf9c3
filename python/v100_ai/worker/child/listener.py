"""Listener: a source's own sound beside its pictures, mono, in pieces of half a second."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import av
from av.audio.resampler import AudioResampler

from v100_ai.sources import Media
from v100_ai.worker.encoded import SOUND_RATE
from v100_ai.worker.messages import SoundDecoded

JUMP_S: Final = 0.25
"""Seconds between where sound was expected and where it lies, from which it is another piece."""

BYTES: Final = 2
"""Of a sample."""

PIECE: Final = SOUND_RATE // 2 * BYTES
"""Bytes of a piece at most: half a second."""


@dataclass(slots=True)
class Listener:
    """Takes packets in the order they come, and hears the best stream of sound among them. `told` is given each piece.

    What cannot be decoded is not heard, and ends nothing else.
    """

    media: Media
    told: Callable[[SoundDecoded], None]
    _index: int | None = None
    _resampler: AudioResampler | None = None
    _held: bytearray = field(default_factory=bytearray)
    _at: float = 0.0

    def take(self, packet: "av.Packet[Any]") -> None:
        """One packet of the input."""
        if packet.stream.type != "audio" or packet.stream.index != self._chosen():
            return
        try:
            decoded: list[Any] = packet.decode()
            for frame in decoded:
                self._hear(frame)
        except (av.FFmpegError, ValueError):
            self._resampler = None

    def close(self) -> None:
        """The input has ended: what is held is told."""
        if self._held:
            self._tell(len(self._held))

    def _chosen(self) -> int | None:
        if self._index is None:
            best = self.media.container.streams.best("audio")
            # PyAV gives a stream that FFmpeg has no decoder for no context.
            if best is not None and getattr(best, "codec_context", None) is not None:
                self._index = best.index
        return self._index

    def _hear(self, frame: av.AudioFrame) -> None:
        expected = self._at + len(self._held) / BYTES / SOUND_RATE
        lies = frame.time
        at = expected if lies is None else lies
        if self._resampler is None or abs(at - expected) > JUMP_S:
            self.close()
            self._resampler, self._at = AudioResampler("s16", "mono", SOUND_RATE), at
        for each in self._resampler.resample(frame):
            self._held += each.to_ndarray()[0].tobytes()
        while len(self._held) >= PIECE:
            self._tell(PIECE)

    def _tell(self, count: int) -> None:
        self.told(SoundDecoded(at=max(0.0, self._at), samples=bytes(self._held[:count])))
        del self._held[:count]
        self._at += count / BYTES / SOUND_RATE
