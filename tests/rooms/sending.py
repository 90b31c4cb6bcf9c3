"""What bots publish in tests: a picture that tells its number, and a voice that is loud or silent."""

import asyncio
import fractions
import wave
from functools import cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from tests.analyzers.drawn import head
from tests.speech.voices import talk
from v100_ai.speech.recognizer import RATE as SPEECH_RATE

BITS: Final = 16
"""Blocks of luma in which a picture's number stands, black or white, in the upper row."""
WIDTH, HEIGHT = 320, 180
RATE: Final = 48_000
SAMPLES: Final = 960
FPS: Final = 30
HEAD_FPS: Final = 25
ROUND: Final = 60
"""Pictures until a head is where it was."""
GRAIN: Final = np.random.default_rng(1).integers(0, 4, (7, 240, 320)).astype(np.uint8)


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


@cache
def drawn(size: int) -> list[NDArray[np.uint8]]:
    """A head that goes to and fro once."""
    turns = 2 * np.pi * np.arange(ROUND) / ROUND
    return [head(160 + 10 * np.sin(turn), 115, size) for turn in turns]


def swapped_head(number: int, size: int, *, every: int = 3) -> NDArray[np.uint8]:
    """A picture of a head before a wall, all planes; it is renewed with every third picture alone."""
    luma = drawn(size)[(number - number % every) % ROUND] + GRAIN[number % len(GRAIN)]
    half = luma[::2, ::2].astype(np.int32)
    planes = [luma, (120 + half // 40).astype(np.uint8), (150 - half // 30).astype(np.uint8)]
    return np.concatenate([plane.reshape(-1) for plane in planes]).reshape(-1, luma.shape[1])


def written(folder: Path, *, seconds: int = 6) -> tuple[Path, Path]:
    """A swapped head as Y4M and a voice as WAV, for a browser's camera and microphone; both begin again at their end."""
    pictures, sound = folder / "head.y4m", folder / "voice.wav"
    with pictures.open("wb") as file:
        file.write(f"YUV4MPEG2 W320 H240 F{HEAD_FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(seconds * HEAD_FPS):
            file.write(b"FRAME\n" + swapped_head(number, 110).tobytes())
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.repeat(talk((2.0, 1.0)), RATE // SPEECH_RATE).tobytes())
    return pictures, sound


class Head(MediaStreamTrack):
    """A drawn head that moves a little over noise, 25 times a second; `swapped` renews the face every third picture only."""

    kind = "video"

    def __init__(self, *, size: int = 110, swapped: bool = False) -> None:
        super().__init__()
        self.size, self.swapped = size, swapped
        self.number = 0
        self._began: float | None = None

    async def recv(self) -> av.VideoFrame:
        """The next picture, when it is time."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0.0, self._began + self.number / HEAD_FPS - loop.time()))
        self.number += 1
        picture = swapped_head(self.number, self.size, every=3 if self.swapped else 1)
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = self.number * (90_000 // HEAD_FPS)
        frame.time_base = fractions.Fraction(1, 90_000)
        return frame


class Speech(MediaStreamTrack):
    """20 ms of sound at a time: a voice that `talks` for so many seconds, then rests."""

    kind = "audio"

    def __init__(self, *, talks: float, rests: float) -> None:
        super().__init__()
        self._voice = np.repeat(talk((talks, rests)), RATE // SPEECH_RATE)
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
        piece = np.take(
            self._voice, np.arange(SAMPLES) + self._count * SAMPLES, mode="wrap"
        ).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._count * SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        self._count += 1
        return frame
