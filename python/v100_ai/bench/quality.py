"""The metrics of a 1080p pair against FFmpeg's filters, libvmaf and scikit-image, side by side in one run."""

import importlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import av

from v100_ai.analyzers import QualityMeter
from v100_ai.bench import peers
from v100_ai.bench.row import Row, at_least, at_most
from v100_ai.clock import monotonic, process_time

FRAMES: Final = 24
ROUNDS: Final = 3
CRF: Final = "32"

VMAF_LEAST: Final = 2.2
NEG_MOST: Final = 1.15
THREADS_LEAST: Final = 1.85
FILTERS_LEAST: Final = 1.5
FLOAT_LEAST: Final = 10.0
SKIMAGE_LEAST: Final = 100.0
V1: Final = "vmaf_v1.0.16"

FEATURE: Final = "libvmaf=n_threads=1:model='':feature=name={}"

TIMES: Final = 8
"""How often a pair is measured, on both sides, where that costs less than the noise of reading it."""

Clips = tuple[Path, Path]
"""A reference and its distorted copy, as raw pictures."""


def rows() -> Iterator[Row]:
    """Frames per second over those of others.

    Reading is left out on both sides, but both measure what has just been read: a picture that lies in the
    caches costs less than one from main memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        clips = write(Path(folder))
        yield from _alone(clips)
        yield from _scikit_image(clips)
        yield from _beside(clips)


def _alone(clips: Clips) -> Iterator[Row]:
    one, both, alone, two = (list[float]() for _ in range(4))
    for _ in range(ROUNDS):
        one.append(_ours(clips, ["vmaf"]))
        both.append(_ours(clips, ["vmaf"], model=("vmaf_v0.6.1", "vmaf_v0.6.1neg")))
        alone.append(_ours(clips, ["vmaf"], monotonic))
        two.append(_ours(clips, ["vmaf"], monotonic, threads=2))
    yield Row(what="VMAF v0.6.1, 1080p", value=1000 * median(one), unit="ms a frame")
    new = ours(clips, model=V1)
    yield Row(what="VMAF v1.0.16, 1080p", value=1000 * new, unit="ms a frame")
    cost = median(b / a for a, b in zip(one, both, strict=True))
    yield at_most("VMAF v0.6.1 and neg over v0.6.1 alone", cost, "x", NEG_MOST)
    gain = median(a / b for a, b in zip(alone, two, strict=True))
    yield at_least("VMAF, two threads on one frame over one", gain, "x", THREADS_LEAST, "two cores")


def _scikit_image(clips: Clips) -> Iterator[Row]:
    try:
        metrics: Any = importlib.import_module("skimage.metrics")
    except ImportError:
        note = "not installed: pip install scikit-image"
        yield Row(what="scikit-image's SSIM beside it", value=float("nan"), unit="", note=note)
        return
    few = [
        tuple(frame.to_ndarray()[: peers.HEIGHT] for frame in pair)
        for pair in islice(_read(clips), ROUNDS)
    ]
    began = process_time()
    for reference, distorted in few:
        metrics.structural_similarity(reference, distorted, data_range=255)
    theirs = (process_time() - began) / len(few)
    mine = median(_ours(clips, ["ssim"]) for _ in range(ROUNDS))
    yield _compared("SSIM over scikit-image's", mine, theirs, SKIMAGE_LEAST)


def _beside(clips: Clips) -> Iterator[Row]:
    try:
        ffmpeg: str = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except ImportError:
        note = "not installed: pip install imageio-ffmpeg"
        yield Row(what="libvmaf beside it", value=float("nan"), unit="", note=note)
        return
    vmaf = _theirs(ffmpeg, clips, "libvmaf=n_threads=1")
    yield _compared("VMAF v0.6.1 over libvmaf", ours(clips), vmaf, VMAF_LEAST)
    held = _held(clips)
    yield _compared("VMAF v0.6.1 held to AVX2, over libvmaf at its best", held, vmaf)
    new = _theirs(ffmpeg, clips, f"libvmaf=n_threads=1:model=version={V1}_3d0h")
    yield _compared("VMAF v1.0.16 over libvmaf", ours(clips, model=V1), new)
    asked: list[tuple[str, str, str, str, int, float]] = [
        ("SSIM", "ffmpeg_ssim", "ffmpeg's ssim", "ssim", TIMES, FILTERS_LEAST),
        ("PSNR", "psnr", "ffmpeg's psnr", "psnr", TIMES, FILTERS_LEAST),
        ("MS-SSIM", "ms_ssim", "libvmaf", FEATURE.format("float_ms_ssim"), 1, FLOAT_LEAST),
        ("float_ssim", "float_ssim", "libvmaf", FEATURE.format("float_ssim"), 1, FLOAT_LEAST),
    ]
    for what, metric, whose, graph, times, least in asked:
        mine = median(_ours(clips, [metric], times=times) for _ in range(ROUNDS))
        theirs = _theirs(ffmpeg, clips, graph, times)
        yield _compared(f"{what} over {whose}", mine, theirs, least)


def _compared(what: str, mine: float, theirs: float, least: float | None = None) -> Row:
    note = f"theirs {1000 * theirs:.2f} ms, ours {1000 * mine:.2f} ms"
    if least is None:
        return Row(what=f"{what}, 1080p", value=theirs / mine, unit="x", note=note)
    return at_least(f"{what}, 1080p", theirs / mine, "x", least, note)


def _held(clips: Clips) -> float:
    """What VMAF takes in a process that is held to AVX2."""
    command = [sys.executable, "-m", "v100_ai.bench.vmaf", *map(str, clips)]
    environment = {**os.environ, "V100_AI_CPU": "avx2"}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603
    return float(told.stdout)


def ours(clips: Clips, **settings: Any) -> float:
    """Seconds of processor time that VMAF of a pair takes, the median of some runs."""
    return median(_ours(clips, ["vmaf"], **settings) for _ in range(ROUNDS))


def _ours(
    clips: Clips,
    metrics: list[str],
    clock: Callable[[], float] = process_time,
    *,
    times: int = 1,
    **settings: Any,
) -> float:
    """Seconds a pair, from Python, after the first pairs: of processor time, as FFmpeg tells its own."""
    meter = QualityMeter(metrics, **settings)
    for at, pair in enumerate(islice(_read(clips), 2)):
        meter.push(*pair, pts=float(at))
    meter.flush()
    spent = 0.0
    for at, pair in enumerate(_read(clips)):
        began = clock()
        for time in range(times):
            meter.push(*pair, pts=10.0 + at + time / times)
        spent += clock() - began
    began = clock()
    meter.flush()
    return (spent + clock() - began) / FRAMES / times


def _theirs(ffmpeg: str, clips: Clips, graph: str, times: int = 1) -> float:
    """Seconds of processor time a pair, the median of some runs beside ones that only read."""
    reference, distorted = clips
    command = [ffmpeg, "-hide_banner", "-nostdin", "-benchmark", "-threads", "1"]
    command += ["-filter_complex_threads", "1", "-i", str(distorted), "-i", str(reference)]
    splits = [f"[{side}:v]split={times}" + _pads(side, times) for side in (0, 1)]
    filters = [f"[0p{each}][1p{each}]{graph}[o{each}]" for each in range(times)]
    sinks = [f"[o{each}]nullsink" for each in range(1, times)]
    found = list[float]()
    for _ in range(ROUNDS):
        nothing = _run([*command, "-lavfi", "[0:v]nullsink;[1:v]null[o0]"])
        found.append(_run([*command, "-lavfi", ";".join(splits + filters + sinks)]) - nothing)
    return median(found) / FRAMES / times


def _pads(side: int, times: int) -> str:
    return "".join(f"[{side}p{each}]" for each in range(times))


def _run(command: list[str]) -> float:
    """Seconds of processor time that FFmpeg takes."""
    command = [*command, "-map", "[o0]", "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603
    return sum(map(float, re.findall(r"[us]time=([\d.]+)s", told)))


def write(folder: Path) -> Clips:
    """A clip and a worse copy, raw."""
    coded, worse = folder / "clip.mp4", folder / "worse.mp4"
    peers.encode(coded)
    _distort(coded, worse)
    return _raw(coded), _raw(worse)


def _raw(coded: Path) -> Path:
    raw = coded.with_suffix(".y4m")
    with raw.open("wb") as out:
        out.write(f"YUV4MPEG2 W{peers.WIDTH} H{peers.HEIGHT} F30:1 C420jpeg\n".encode())
        for frame in _decoded(coded):
            out.write(b"FRAME\n" + frame.to_ndarray().tobytes())
    return raw


def _distort(clip: Path, worse: Path) -> None:
    with av.open(str(worse), "w") as container:
        options = {"preset": "veryfast", "crf": CRF}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = peers.WIDTH, peers.HEIGHT, "yuv420p"
        for frame in _decoded(clip):
            container.mux(stream.encode(frame.reformat()))
        container.mux(stream.encode(None))


def _read(clips: Clips) -> Iterator[tuple[av.VideoFrame, av.VideoFrame]]:
    """The pairs, each read just before it is asked for."""
    reference, distorted = map(_decoded, clips)
    return zip(reference, distorted, strict=True)


def _decoded(clip: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(clip)) as container:
        yield from islice(container.decode(video=0), FRAMES)
