"""The metrics of a 1080p pair against FFmpeg's filters, libvmaf and scikit-image, side by side in one run."""

import importlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
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
Pair = tuple[av.VideoFrame, av.VideoFrame]


def rows() -> Iterator[Row]:
    """Frames per second over those of others; decoding is left out on both sides."""
    with tempfile.TemporaryDirectory() as folder:
        clip, worse = Path(folder) / "clip.mp4", Path(folder) / "worse.mp4"
        peers.encode(clip)
        _distort(clip, worse)
        pairs = read(clip, worse)
        yield from _alone(pairs)
        yield from _scikit_image(pairs)
        yield from _beside(pairs, clip, worse, Path(folder))


def _alone(pairs: Sequence[Pair]) -> Iterator[Row]:
    one, both, alone, two = (list[float]() for _ in range(4))
    for _ in range(ROUNDS):
        one.append(_ours(pairs, ["vmaf"]))
        both.append(_ours(pairs, ["vmaf"], model=("vmaf_v0.6.1", "vmaf_v0.6.1neg")))
        alone.append(_ours(pairs, ["vmaf"], monotonic))
        two.append(_ours(pairs, ["vmaf"], monotonic, threads=2))
    yield Row(what="VMAF v0.6.1, 1080p", value=1000 * median(one), unit="ms a frame")
    new = ours(pairs, model=V1)
    yield Row(what="VMAF v1.0.16, 1080p", value=1000 * new, unit="ms a frame")
    cost = median(b / a for a, b in zip(one, both, strict=True))
    yield at_most("VMAF v0.6.1 and neg over v0.6.1 alone", cost, "x", NEG_MOST)
    gain = median(a / b for a, b in zip(alone, two, strict=True))
    yield at_least("VMAF, two threads over one", gain, "x", THREADS_LEAST, "two cores")


def _scikit_image(pairs: Sequence[Pair]) -> Iterator[Row]:
    try:
        metrics: Any = importlib.import_module("skimage.metrics")
    except ImportError:
        note = "not installed: pip install scikit-image"
        yield Row(what="scikit-image's SSIM beside it", value=float("nan"), unit="", note=note)
        return
    few = [tuple(frame.to_ndarray()[: peers.HEIGHT] for frame in pair) for pair in pairs[:ROUNDS]]
    began = process_time()
    for reference, distorted in few:
        metrics.structural_similarity(reference, distorted, data_range=255)
    theirs = (process_time() - began) / len(few)
    mine = median(_ours(pairs, ["ssim"]) for _ in range(ROUNDS))
    yield _compared("SSIM over scikit-image's", mine, theirs, SKIMAGE_LEAST)


def _beside(pairs: Sequence[Pair], clip: Path, worse: Path, folder: Path) -> Iterator[Row]:
    try:
        ffmpeg: str = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except ImportError:
        note = "not installed: pip install imageio-ffmpeg"
        yield Row(what="libvmaf beside it", value=float("nan"), unit="", note=note)
        return
    raw = [_raw(ffmpeg, each, folder / f"{each.stem}.y4m") for each in (worse, clip)]
    nothing = _theirs(ffmpeg, raw, "[0:v]nullsink;[1:v]null", FRAMES)
    vmaf = _theirs(ffmpeg, raw, "libvmaf=n_threads=1", FRAMES) - nothing
    yield _compared("VMAF v0.6.1 over libvmaf", ours(pairs), vmaf, VMAF_LEAST)
    held = _held(clip, worse)
    yield _compared("VMAF v0.6.1 held to AVX2, over libvmaf at its best", held, vmaf)
    graph = f"libvmaf=n_threads=1:model=version={V1}_3d0h"
    new = _theirs(ffmpeg, raw, graph, FRAMES) - nothing
    yield _compared("VMAF v1.0.16 over libvmaf", ours(pairs, model=V1), new)
    asked: list[tuple[str, list[str], str, str, float]] = [
        ("SSIM", ["ffmpeg_ssim"], "ffmpeg's ssim", "ssim", FILTERS_LEAST),
        ("PSNR", ["psnr"], "ffmpeg's psnr", "psnr", FILTERS_LEAST),
        ("MS-SSIM", ["ms_ssim"], "libvmaf", FEATURE.format("float_ms_ssim"), FLOAT_LEAST),
        ("float_ssim", ["float_ssim"], "libvmaf", FEATURE.format("float_ssim"), FLOAT_LEAST),
    ]
    for what, metrics, whose, graph, least in asked:
        mine = median(_ours(pairs, metrics) for _ in range(ROUNDS))
        theirs = _theirs(ffmpeg, raw, graph, FRAMES) - nothing
        yield _compared(f"{what} over {whose}", mine, theirs, least)


def _compared(what: str, mine: float, theirs: float, least: float | None = None) -> Row:
    note = f"theirs {1000 * theirs:.2f} ms, ours {1000 * mine:.2f} ms"
    if least is None:
        return Row(what=f"{what}, 1080p", value=theirs / mine, unit="x", note=note)
    return at_least(f"{what}, 1080p", theirs / mine, "x", least, note)


def _held(clip: Path, worse: Path) -> float:
    """What VMAF takes in a process that is held to AVX2."""
    command = [sys.executable, "-m", "v100_ai.bench.held", str(clip), str(worse)]
    environment = {**os.environ, "V100_AI_CPU": "avx2"}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603
    return float(told.stdout)


def read(clip: Path, worse: Path) -> list[Pair]:
    """The first frames of both."""
    return list(zip(_decoded(clip), _decoded(worse), strict=True))


def ours(pairs: Sequence[Pair], **settings: Any) -> float:
    """Seconds of processor time that VMAF of a pair takes, the median of some runs."""
    return median(_ours(pairs, ["vmaf"], **settings) for _ in range(ROUNDS))


def _ours(
    pairs: Sequence[Pair],
    metrics: list[str],
    clock: Callable[[], float] = process_time,
    **settings: Any,
) -> float:
    """Seconds a pair, from Python, after the first pairs: of processor time, as FFmpeg tells its own."""
    meter = QualityMeter(metrics, **settings)
    for at, pair in enumerate(pairs[:2]):
        meter.push(*pair, pts=float(at))
    began = clock()
    for at, pair in enumerate(pairs):
        meter.push(*pair, pts=10.0 + at)
    meter.flush()
    return (clock() - began) / len(pairs)


def _theirs(ffmpeg: str, raw: list[str], graph: str, frames: int) -> float:
    """Seconds of processor time a pair, the median of some runs."""
    inputs = [word for each in raw for word in ("-i", each)]
    command = [ffmpeg, "-hide_banner", "-nostdin", "-benchmark", "-threads", "1"]
    command += ["-filter_complex_threads", "1", *inputs, "-lavfi", graph, "-f", "null", "-"]
    found = list[float]()
    for _ in range(ROUNDS):
        told = subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603
        found.append(sum(map(float, re.findall(r"[us]time=([\d.]+)s", told))) / frames)
    return median(found)


def _raw(ffmpeg: str, clip: Path, raw: Path) -> str:
    command = [ffmpeg, "-v", "error", "-i", str(clip), "-frames:v", str(FRAMES), str(raw)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    return str(raw)


def _distort(clip: Path, worse: Path) -> None:
    with av.open(str(worse), "w") as container:
        options = {"preset": "veryfast", "crf": CRF}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = peers.WIDTH, peers.HEIGHT, "yuv420p"
        for frame in _decoded(clip):
            container.mux(stream.encode(frame.reformat()))
        container.mux(stream.encode(None))


def _decoded(clip: Path) -> list[av.VideoFrame]:
    with av.open(str(clip)) as container:
        return list(islice(container.decode(video=0), FRAMES))
