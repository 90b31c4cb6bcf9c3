"""Tiny clips, encoded on the spot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

RATE = 25
SOUND = 48_000


def moving(count: int, width: int = 160, height: int = 96, seed: int = 7) -> Iterator[np.ndarray]:
    """A textured luma plane that slides by two pixels a frame."""
    rough = np.random.default_rng(seed).integers(40, 220, (height, width + 2 * count)).astype(float)
    kernel = np.ones(9) / 9
    texture = np.apply_along_axis(lambda row: np.convolve(row, kernel, mode="same"), 1, rough)
    for index in range(count):
        yield texture[:, 2 * index : 2 * index + width].astype(np.uint8)


def scenes() -> Iterator[np.ndarray]:
    """One second each: a scene, another after a cut, black, a third scene; then two seconds frozen."""
    yield from moving(RATE, seed=1)
    for picture in moving(RATE, seed=2):
        yield 255 - picture // 2
    for _ in range(RATE):
        yield np.full((96, 160), 16, np.uint8)
    *before, last = moving(RATE + 1, seed=3)
    yield from before
    for _ in range(2 * RATE):
        yield last


def write(
    path: Path,
    pictures: Iterable[np.ndarray],
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    sound: str | None = None,
    seconds: float = 0.0,
    options: dict[str, str] | None = None,
    times: Sequence[int] | None = None,
    quality: int | None = None,
    prepare: Callable[[VideoStream], None] | None = None,
) -> Path:
    """The luma planes as a clip with grey chroma, and with a tone where `sound` names a codec.

    `times` counts frames from 0 for each picture, `quality` is the codec's constant rate factor, `prepare` is told
    of the stream before its first picture.
    """
    with av.open(path, "w", options=options or {}) as clip:
        tone = clip.add_stream(sound, rate=SOUND, layout="mono") if sound else None
        video: VideoStream | None = None
        count = 0
        for luma in pictures:
            if video is None:
                added = clip.add_stream(codec, rate=RATE)
                assert isinstance(added, VideoStream)
                video = added
                video.height, video.width = luma.shape
                video.pix_fmt = pixels
                video.codec_context.time_base = Fraction(1, RATE)
                if quality is not None:
                    video.options = {"crf": str(quality)}
                if prepare is not None:
                    prepare(video)
                if codec == "libx265":
                    video.options = {"x265-params": "log-level=none"}
            picture = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format=pixels)
            picture.pts = times[count] if times else count
            picture.time_base, count = Fraction(1, RATE), count + 1
            clip.mux(video.encode(picture))
        if video is not None:
            clip.mux(video.encode(None))
        if tone is not None:
            _speak(clip, tone, seconds or count / RATE)
    return path


def _speak(clip, tone, seconds: float) -> None:
    for start in range(0, int(seconds * SOUND), 1024):
        wave = 0.1 * np.sin(2 * np.pi * 440 / SOUND * np.arange(start, start + 1024))
        frame = av.AudioFrame.from_ndarray(
            wave.astype(np.float32)[None, :], format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = SOUND, start, Fraction(1, SOUND)
        clip.mux(tone.encode(frame))
    clip.mux(tone.encode(None))


def y4m(pictures: Iterable[np.ndarray], bits: int = 8) -> bytes:
    """The luma planes as Y4M with grey chroma; 4:2:0."""
    out = bytearray()
    kind, tag = (np.uint8, "C420jpeg") if bits == 8 else ("<u2", f"C420p{bits} XYSCSS=420P{bits}")
    for luma in pictures:
        height, width = luma.shape
        if not out:
            out += f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 {tag}\n".encode()
        chroma = np.full((2, (height + 1) // 2, (width + 1) // 2), 128 << (bits - 8), kind)
        out += b"FRAME\n" + (luma.astype(kind) << (bits - 8)).astype(kind).tobytes()
        out += chroma.tobytes()
    return bytes(out)
