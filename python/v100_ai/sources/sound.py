"""The sound of files and URLs, and sound of any rate, as mono samples of 16 bit at the rate that is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from v100_ai.errors import NoSound, NotMedia, SourceLost
from v100_ai.sources.opening import TIMEOUT_S
from v100_ai.sources.words import reason, shown

Samples = NDArray[np.int16]


@dataclass(slots=True)
class Resampling:
    """Mono sound of one rate, in pieces -> of another."""

    rate: int
    into: int
    _resampler: AudioResampler = field(init=False)

    def __post_init__(self) -> None:
        self._resampler = AudioResampler("s16", "mono", self.into)

    def push(self, samples: bytes) -> Samples:
        """What can be told of it so far; the last few samples wait for those after them."""
        given = np.frombuffer(samples, "<i2").astype(np.int16)
        if self.rate == self.into or not len(given):
            return given
        frame = av.AudioFrame.from_ndarray(given.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self.rate
        return _joined(self._resampler.resample(frame))


def sound(source: str | Path, rate: int, *, timeout: float = TIMEOUT_S) -> Iterator[Samples]:
    """All sound of an input from its start, mixed to mono, piece by piece.

    Raises `NotMedia`, `NoSound`, and `SourceLost` where it breaks off.
    """
    name = shown(str(source))
    try:
        container = av.open(str(source), timeout=(timeout, timeout), metadata_errors="replace")
    except (av.FFmpegError, OSError) as refused:
        raise NotMedia(name, reason(refused)) from refused
    with container:
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream) or getattr(stream, "codec_context", None) is None:
            raise NoSound(name, "expected a stream of sound that can be decoded, found none")
        resampler = AudioResampler("s16", "mono", rate)
        try:
            for frame in container.decode(stream):
                yield _joined(resampler.resample(frame))
        except (av.FFmpegError, OSError) as lost:
            raise SourceLost(name, reason(lost)) from lost
        yield _joined(resampler.resample(None))


def _joined(frames: list[av.AudioFrame]) -> Samples:
    return np.concatenate([np.zeros(0, np.int16), *(each.to_ndarray()[0] for each in frames)])
