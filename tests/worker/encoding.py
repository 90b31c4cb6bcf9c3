"""Encoded frames as a room's tap gives them, made here by PyAV's encoders."""

import fractions
from collections.abc import Iterator
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from v100_ai import clock
from v100_ai.worker.encoded import EncodedFrame

ENCODERS: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9", "h264": "libx264", "av1": "libsvtav1"}
OPTIONS: Final = {
    "vp8": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "h264": {"preset": "ultrafast", "tune": "zerolatency"},
    "av1": {"preset": "10", "svtav1-params": "pred-struct=1:rc=2"},
}
FPS: Final = 25
RATE: Final = 48_000
SAMPLES: Final = 960


def pictures(
    codec: str, count: int, *, track: int = 1, size: tuple[int, int] = (320, 180), at: float = 0.0
) -> Iterator[EncodedFrame]:
    """A light that moves over noise; the first frame is the only key frame."""
    width, height = size
    context = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = fractions.Fraction(1, FPS)
    context.bit_rate, context.gop_size, context.thread_count = 300_000, 1000, 1
    context.options = OPTIONS[codec]
    noise = np.random.default_rng(1).integers(90, 110, (height * 3 // 2, width), np.uint8)
    for number in range(count):
        planes = noise.copy()
        planes[height:] = 128
        planes[40:90, 4 * number % (width - 50) :][:, :50] = 220
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
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
