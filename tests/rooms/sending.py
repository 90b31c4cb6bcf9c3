"""What bots publish in tests: a picture that tells its number, and a voice that is loud or silent."""

import asyncio
import fractions
from typing import Final

import av
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

BITS: Final = 16
"""Blocks of luma in which a picture's number stands, black or white, in the upper row."""
WIDTH, HEIGHT = 320, 180
RATE: Final = 48_000
SAMPLES: Final = 960
FPS: Final = 30


class Numbered(MediaStreamTrack):
    """A picture each 1/30 s, with its number in it."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self._began: float | None = None

    async def recv(self) -> av.VideoFrame:
        """The next picture, when it is time."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0.0, self._began + self.number / FPS - loop.time()))
        self.number += 1
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        block = WIDTH // BITS
        for bit in range(BITS):
            lit = self.number >> bit & 1
            picture[:block, bit * block : (bit + 1) * block] = 235 if lit else 16
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = self.number * (90_000 // FPS)
        frame.time_base = fractions.Fraction(1, 90_000)
        return frame


def number(frame: av.VideoFrame) -> int:
    """The number in a picture."""
    luma = frame.to_ndarray(format="yuv420p")
    block = WIDTH // BITS
    middle = luma[block // 4 : block // 2]
    return sum(
        1 << bit
        for bit in range(BITS)
        if middle[:, bit * block + block // 4 : (bit + 1) * block - block // 4].mean() > 128
    )


class Voice(MediaStreamTrack):
    """20 ms of sound at a time: a tone while `loud`, else next to nothing."""

    kind = "audio"

    def __init__(self, *, loud: bool = True) -> None:
        super().__init__()
        self.loud = loud
        self._count = 0
        self._began: float | None = None

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when it is time."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0.0, self._began + self._count * 0.02 - loop.time()))
        time = (np.arange(SAMPLES) + self._count * SAMPLES) / RATE
        peak = 12_000 if self.loud else 3
        tone = (np.sin(2 * np.pi * 220 * time) * peak).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._count * SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self._count += 1
        return frame
