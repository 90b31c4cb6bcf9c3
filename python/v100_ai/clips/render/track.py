"""The sound of a source: any stretch of it as samples, wherever its packets begin and whatever is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from v100_ai.clips.render.grid import RATE
from v100_ai.clips.render.source import FAR_S, Source
from v100_ai.errors import SourceLost
from v100_ai.sources.words import reason

Samples = NDArray[np.float32]
"""Two rows, left and right, from -1 to 1."""

JITTER: Final = RATE // 50
"""Samples by which a packet may lie beside where the last one ended and still follow it."""


@dataclass(slots=True)
class Track:
    """Decodes a source's sound forward as stereo at `RATE`; asked for stretches, it seeks where that is cheaper."""

    source: Source
    stream: AudioStream
    _packets: "Iterator[av.Packet[AudioStream]] | None" = None
    _resampler: AudioResampler | None = None
    _held: list[Samples] = field(default_factory=list[Samples])
    _first: int = 0
    """The place of the first sample held."""
    _end: int = 0
    """The place after the last sample held."""

    def read(self, first: int, count: int) -> Samples:
        """Samples `first` to `first + count` of the source; silence where it has none. Raises `SourceLost`."""
        if self._packets is None or first < self._first or first > self._end + FAR_S * RATE:
            self._seek(first)
        while self._end < first + count and self._more():
            self._drop(first)
        held = np.concatenate([np.zeros((2, 0), np.float32), *self._held], axis=1)
        found = np.zeros((2, count), np.float32)
        begin, end = max(first, self._first), min(first + count, self._end)
        if begin < end:
            found[:, begin - first : end - first] = held[:, begin - self._first : end - self._first]
        self._held = [held]
        self._drop(first + count)
        return found

    def _seek(self, first: int) -> None:
        if first or self._packets is not None:
            self.source.seek(first / RATE, self.stream)
        self._packets = self.source.media.container.demux(self.stream)
        self._resampler = AudioResampler("fltp", "stereo", RATE)
        self._held, self._first, self._end = [], 0, 0

    def _more(self) -> bool:
        """Decode one packet; whether there was one."""
        if self._packets is None or self._resampler is None:
            return False
        try:
            packet = next(self._packets, None)
            if packet is None:
                return False
            frames = _decoded(packet)
            for frame in frames if packet.size else [*frames, None]:
                for piece in self._resampler.resample(frame):
                    self._append(piece)
        except MemoryError:
            raise
        except (av.FFmpegError, OSError) as lost:
            raise SourceLost(self.source.media.name, reason(lost)) from lost
        return True

    def _append(self, piece: av.AudioFrame) -> None:
        samples = piece.to_ndarray().astype(np.float32, copy=False)
        at = self._end
        if piece.pts is not None and piece.time_base is not None:
            at = round((float(piece.pts * piece.time_base) - self.source.zero) * RATE)
        if not self._held:
            self._first = self._end = at
        elif at > self._end + JITTER:
            self._push(np.zeros((2, at - self._end), np.float32))
        elif at < self._end - JITTER:
            samples = samples[:, self._end - at :]
        self._push(samples)

    def _push(self, samples: Samples) -> None:
        self._held.append(samples)
        self._end += samples.shape[1]

    def _drop(self, before: int) -> None:
        """Let go of what lies before a place."""
        while len(self._held) > 1 and self._first + self._held[0].shape[1] <= before:
            self._first += self._held.pop(0).shape[1]
        if self._held and self._first < before:
            gone = min(before - self._first, self._held[0].shape[1])
            self._held[0] = self._held[0][:, gone:]
            self._first += gone


def _decoded(packet: "av.Packet[AudioStream]") -> list[av.AudioFrame]:
    try:
        return packet.decode()
    except MemoryError:
        raise
    except av.FFmpegError:
        # Damaged: silence stands for it.
        return []
