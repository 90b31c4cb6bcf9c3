"""The engine against its surroundings: the decoder before it, and other programs that measure."""

import importlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from v100_ai.analyzers import FrameAnalyzer, kernel_times
from v100_ai.bench.row import Row, at_least, at_most
from v100_ai.bench.stopwatch import seconds
from v100_ai.clock import monotonic

WIDTH: Final = 1920
HEIGHT: Final = 1080
FRAMES: Final = 60
BITRATE: Final = "6000000"
"""Bits a second: what 1080p is commonly streamed at."""

DECODE_SHARE_MOST: Final = 15.0
PLAIN_SHARE_MOST: Final = 5.0
SITI_GAIN_LEAST: Final = 100.0

Picture = NDArray[np.uint8]


def rows() -> Iterator[Row]:
    """Ratios to the decoder, and to FFmpeg and OpenCV where they are installed."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        encode(clip)
        yield from _decoder(clip)
        yield from _ffmpeg(clip)
    yield from _opencv()


def encode(clip: Path) -> None:
    """Two seconds of 1080p: detail of every size under a slow pan, with a camera's noise."""
    random = np.random.default_rng(7)
    still = np.zeros((HEIGHT + 256, WIDTH + 256))
    for size in (2, 8, 32, 128):
        shape = (still.shape[0] // size + 2, still.shape[1] // size + 2)
        coarse = random.normal(0, size**0.55, shape)
        still += np.kron(coarse, np.ones((size, size)))[: still.shape[0], : still.shape[1]]
    still = 120 + 45 * still / still.std()
    with av.open(str(clip), "w") as container:
        stream = container.add_stream(
            "libx264", rate=30, options={"preset": "medium", "b": BITRATE}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for count in range(FRAMES):
            window = still[2 * count : 2 * count + HEIGHT, 3 * count : 3 * count + WIDTH]
            luma = np.clip(window + random.normal(0, 3, window.shape), 0, 255).astype(np.uint8)
            flat = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([luma, flat]), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _decoder(clip: Path) -> Iterator[Row]:
    """Each layer set's share of the time PyAV takes to decode the same frames, on one thread."""
    plain, full = FrameAnalyzer(), FrameAnalyzer(("motion", "vectors", "complexity", "visual"))
    decode, without, whole = list[float](), list[float](), list[float]()
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        frames = container.decode(stream)
        while True:
            began = monotonic()
            frame = next(frames, None)
            decode.append(monotonic() - began)
            if frame is None:
                break
            without.append(seconds(partial(plain.push, frame)))
            whole.append(seconds(partial(full.push, frame)))
    # Sums, as some frames take a decoder ten times longer than others.
    each = sum(decode) / len(whole)
    yield Row(what="decoding 1080p H.264 of 6 Mbit/s by PyAV", value=1000 * each, unit="ms a frame")
    for what, times, most in (
        ("all layers without vectors", without, PLAIN_SHARE_MOST),
        ("all layers", whole, DECODE_SHARE_MOST),
    ):
        found = sum(times) / len(times)
        note = f"{1000 * found:.2f} ms, from Python; SI/TI, a report's second pass, is its own row"
        yield at_most(what, 100 * found / each, "% of decoding", most, note)


def _ffmpeg(clip: Path) -> Iterator[Row]:
    """FFmpeg's own filters, one thread, less what decoding alone takes."""
    try:
        ffmpeg = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except ImportError:
        yield Row(
            what="FFmpeg beside it", value=float("nan"), unit="", note=_install("imageio-ffmpeg")
        )
        return
    ours = kernel_times(WIDTH, HEIGHT, cached=False)
    # Raw video, so that what is subtracted is small beside what is left.
    with tempfile.TemporaryDirectory() as folder:
        raw = str(Path(folder) / "raw.y4m")
        command = [ffmpeg, "-v", "error", "-i", str(clip), "-pix_fmt", "yuv420p", raw]
        subprocess.run(command, check=True)  # noqa: S603 - our own words
        alone = _filter_seconds(ffmpeg, raw, "null")
        siti = _filter_seconds(ffmpeg, raw, "siti") - alone
        search = _filter_seconds(ffmpeg, raw, "mestimate=method=epzs") - alone
    note = f"theirs {1000 * siti:.1f} ms, ours {1000 * ours.siti:.2f} ms"
    yield at_least("SI/TI over FFmpeg's siti, 1080p", siti / ours.siti, "x", SITI_GAIN_LEAST, note)
    yield Row(what="motion vectors by FFmpeg's mestimate (epzs)", value=1000 * search, unit="ms")


def _filter_seconds(ffmpeg: str, raw: str, name: str) -> float:
    """Seconds of processor time a frame, the least of three runs."""
    command = [
        *(
            ffmpeg,
            "-hide_banner",
            "-nostdin",
            "-benchmark",
            "-threads",
            "1",
            "-filter_threads",
            "1",
        ),
        *("-i", raw, "-vf", name, "-f", "null", "-"),
    ]
    found = list[float]()
    for _ in range(3):
        told = subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603
        spent = re.findall(r"[us]time=([\d.]+)s", told)
        found.append(sum(map(float, spent)) / FRAMES)
    return min(found)


def _opencv() -> Iterator[Row]:
    """OpenCV's fastest dense flow."""
    try:
        cv2: Any = importlib.import_module("cv2")
    except ImportError:
        yield Row(
            what="OpenCV beside it",
            value=float("nan"),
            unit="",
            note=_install("opencv-python-headless"),
        )
        return
    cv2.setNumThreads(1)
    random = np.random.default_rng(7)
    last: Picture = cv2.GaussianBlur(
        random.integers(0, 255, (HEIGHT, WIDTH), dtype=np.uint8), (0, 0), 3
    )
    now = np.roll(last, (3, 5), (0, 1))
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    times = [seconds(lambda: flow.calc(last, now, None)) for _ in range(11)]
    yield Row(
        what="motion by OpenCV's DIS (ultrafast), 1080p", value=1000 * median(times[1:]), unit="ms"
    )


def _install(package: str) -> str:
    return f"not installed: pip install {package}"
