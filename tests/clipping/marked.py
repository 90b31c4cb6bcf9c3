"""Sources whose picture and sound can be read back: a white flash and a beep at the same moments, times told by grey."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

SOUND = 48_000
BEEP = 0.02
"""Seconds."""


def flashes(
    path: Path,
    *,
    rate: Fraction = Fraction(25),
    seconds: float = 4.0,
    every: float = 1.0,
    size: tuple[int, int] = (96, 64),
    steps: Sequence[int] | None = None,
    sound: bool = True,
    codec: str = "libx264",
) -> Path:
    """A dark picture that is white for one frame every so often, and a beep that begins with it.

    `steps` are ticks of the clock (1/90000 s) from picture to picture, taken in turn: a variable rate.
    """
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=rate, options={"crf": "18", "preset": "ultrafast"})
        assert isinstance(video, VideoStream)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.codec_context.gop_size = 30
        if steps:
            video.codec_context.time_base = Fraction(1, 90_000)
        tone = out.add_stream("pcm_s16le" if path.suffix == ".mov" else "aac", rate=SOUND, layout="mono") if sound else None  # fmt: skip
        clock = Fraction(1, 90_000) if steps else 1 / rate
        times = list(_times(rate, steps, seconds))
        lit = _lit([float(pts * clock) for pts in times], every)
        samples = _beeps([float(times[index] * clock) for index in lit], seconds)
        heard = 0
        for index, pts in enumerate(times):
            luma = np.full((size[1], size[0]), 235 if index in lit else 40, np.uint8)
            luma[: size[1] // 4] = 40 + 20 * (index % 2)
            frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = pts, clock
            out.mux(video.encode(frame))
            if tone is not None:
                heard = _sound(out, tone, samples, heard, int((pts * clock + 1) * SOUND))
        out.mux(video.encode(None))
        if tone is not None:
            _sound(out, tone, samples, heard, len(samples))
            out.mux(tone.encode(None))
    return path


def _times(rate: Fraction, steps: Sequence[int] | None, seconds: float) -> Iterator[int]:
    if steps is None:
        yield from range(int(seconds * rate))
        return
    at = index = 0
    while at < seconds * 90_000:
        yield at
        at += steps[index % len(steps)]
        index += 1


def _lit(times: Sequence[float], every: float) -> set[int]:
    """The frames that are white: the first, and the next after each so many seconds."""
    lit: set[int] = set()
    for index, now in enumerate(times):
        if now >= len(lit) * every - 1e-6:
            lit.add(index)
    return lit


def _beeps(starts: Sequence[float], seconds: float) -> NDArray[np.float32]:
    samples = np.zeros(int(seconds * SOUND), np.float32)
    wave = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(int(BEEP * SOUND)) / SOUND)
    for start in starts:
        at = round(start * SOUND)
        part = samples[at : at + len(wave)]
        part[:] = wave[: len(part)]
    return samples


def _sound(out, stream, samples: NDArray[np.float32], start: int, end: int) -> int:
    """Mux the sound from one sample to another, in whole frames but for the last; where it stands then."""
    while start < min(end, len(samples)):
        pcm = (samples[start : start + 1024] * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND, start, Fraction(1, SOUND)
        out.mux(stream.encode(frame))
        start += pcm.shape[1]
    return start


def tone(path: Path, *, level: float, seconds: float = 3.0, pops: bool = False) -> Path:
    """A grey picture with a tone of that amplitude, and pops at full scale where asked."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        stream = out.add_stream("aac", rate=SOUND, layout="mono")
        for index in range(int(25 * seconds)):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96), 90, np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        time = np.arange(int(seconds * SOUND)) / SOUND
        samples = (level * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
        if pops:
            for at in range(0, len(samples), SOUND):
                samples[at : at + SOUND // 50] *= 0.98 / level
        _sound(out, stream, samples, 0, len(samples))
        out.mux(stream.encode(None))
    return path


def read(path: Path) -> tuple[NDArray[np.float64], list[float], NDArray[np.float32]]:
    """Mean luma of each frame's lower half, the times of the frames, and all sound at 48 kHz as one row."""
    lumas: list[float] = []
    times: list[float] = []
    pieces: list[NDArray[np.float32]] = []
    with av.open(str(path)) as clip:
        resampler = av.AudioResampler("fltp", "mono", SOUND)
        for packet in clip.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    grey = frame.to_ndarray(format="gray")
                    lumas.append(float(grey[grey.shape[0] // 2 :].mean()))
                    times.append(frame.time or 0.0)
                elif isinstance(frame, av.AudioFrame):
                    pieces += [each.to_ndarray()[0] for each in resampler.resample(frame)]
    sound = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return np.array(lumas), times, sound


def offsets(path: Path) -> NDArray[np.float64]:
    """Seconds from each flash to the beep that begins nearest to it."""
    lumas, times, sound = read(path)
    loud = np.abs(sound) > 0.08
    quiet_before = np.array([not loud[max(0, i - 400) : i].any() for i in np.flatnonzero(loud)])
    begins = np.flatnonzero(loud)[quiet_before] / SOUND
    rises = [i for i, luma in enumerate(lumas) if luma > 150 and (i == 0 or lumas[i - 1] <= 150)]
    return np.array([begins[np.argmin(np.abs(begins - times[i]))] - times[i] for i in rises])
