"""Encoded frames as a room's tap gives them, made here by PyAV's encoders."""

import fractions
from collections.abc import Iterable, Iterator
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from tests.analyzers.drawn import head
from v100_ai import clock
from v100_ai.worker.encoded import EncodedFrame

ENCODERS: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9", "h264": "libx264", "av1": "libsvtav1"}
OPTIONS: Final = {
    "vp8": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "h264": {"preset": "ultrafast", "tune": "zerolatency"},
    "av1": {"preset": "10", "svtav1-params": "pred-struct=1:rc=2"},
}
Luma = NDArray[np.uint8]
FPS: Final = 25
RATE: Final = 48_000
SAMPLES: Final = 960


def pictures(
    codec: str, count: int, *, track: int = 1, size: tuple[int, int] = (320, 180), at: float = 0.0
) -> Iterator[EncodedFrame]:
    """A light that moves over noise; the first frame is the only key frame."""
    width, height = size
    noise = np.random.default_rng(1).integers(90, 110, (height, width), np.uint8)

    def light() -> Iterator[Luma]:
        for number in range(count):
            luma = noise.copy()
            luma[40:90, 4 * number % (width - 50) :][:, :50] = 220
            yield luma

    return encoded(codec, light(), track=track, at=at)


def heads(count: int) -> Iterator[EncodedFrame]:
    """A head that moves a little, as VP8."""
    places = (head(160 + 6 * np.sin(at / 9), 115, 110, seed=at) for at in range(count))
    return encoded("vp8", places, track=1, at=0.0)


def encoded(codec: str, lumas: Iterable[Luma], *, track: int, at: float) -> Iterator[EncodedFrame]:
    """Pictures without colour."""
    context: VideoCodecContext | None = None
    for number, luma in enumerate(lumas):
        height, width = luma.shape
        if context is None:
            made = av.CodecContext.create(ENCODERS[codec], "w")
            assert isinstance(made, VideoCodecContext)
            made.width, made.height, made.pix_fmt = width, height, "yuv420p"
            made.time_base = fractions.Fraction(1, FPS)
            made.bit_rate, made.gop_size, made.thread_count = 300_000, 1000, 1
            made.options = OPTIONS[codec]
            context = made
        grey = np.full((height // 2, width), 128, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")
        frame.pts = number
        for packet in context.encode(frame):
            yield EncodedFrame(
                track=track,
                codec=codec,
                pts=at + number / FPS,
                came=clock.monotonic(),
                key=packet.is_keyframe,
                data=bytes(packet),
            )


def tone(count: int, *, track: int = 2, at: float = 0.0) -> Iterator[EncodedFrame]:
    """Packets of 20 ms of a tone of 220 Hz, loud."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format = RATE, "mono", "s16"
    for number in range(count):
        time = (np.arange(SAMPLES) + number * SAMPLES) / RATE
        sound = (np.sin(2 * np.pi * 220 * time) * 12_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, number * SAMPLES
        for packet in context.encode(frame):
            yield EncodedFrame(
                track=track,
                codec="opus",
                pts=at + (packet.pts or 0) / RATE,
                came=clock.monotonic(),
                key=True,
                data=bytes(packet),
            )
