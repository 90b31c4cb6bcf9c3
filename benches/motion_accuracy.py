"""How near motion vectors are to the truth, and what they cost.

    pip install numpy                                  # opencv-python-headless imageio-ffmpeg av
    python benches/motion_accuracy.py FOLDER

FOLDER holds triples NAME_img0.ppm, NAME_img1.ppm and NAME_0flow.flo (or NAMEimg0.ppm and so on) in
Middlebury's format. Errors are endpoint errors in samples of the frame, over blocks with texture
(deviation above 5 levels) whose true motion is uniform (within 1 sample) and stays in the picture.
The same pictures shifted by known amounts follow, and 1920x1080 made of them for the time. OpenCV's
DIS is measured beside it where cv2 is there, FFmpeg's mestimate where imageio_ffmpeg is.
"""

import argparse
import importlib.util
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import v100_ai as v100

Luma = NDArray[np.uint8]
Flow = NDArray[np.float32]

SHIFTS = [(0, 0, 0), (3, -2, 0), (7.5, 4.5, 0), (7.5, 4.5, 2), (-20, 11, 0), (-20, 11, 2)]
"""To the right, down, and the deviation of noise that is added."""

MARGIN = 32
FULL_HD = (1080, 1920)


def picture(path: Path) -> Luma:
    """BT.601 luma of a binary PPM."""
    magic, width, height, _, samples = path.read_bytes().split(maxsplit=4)
    if magic != b"P6":
        raise ValueError(f"{path}: expected P6, found {magic!r}")
    size = int(width) * int(height) * 3
    rgb = np.frombuffer(samples[-size:], np.uint8).reshape(int(height), int(width), 3)
    return np.rint(rgb @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


def flow(path: Path) -> Flow:
    width, height = np.fromfile(path, np.int32, 2, offset=4)
    return np.fromfile(path, np.float32, offset=12).reshape(height, width, 2)


def shifted(luma: Luma, dx: float, dy: float) -> NDArray[np.float64]:
    """The picture moved on by a phase ramp, so by parts of a sample too."""
    padded = np.pad(luma.astype(float), MARGIN, mode="symmetric")
    ramp = np.exp(
        -2j
        * np.pi
        * (
            dx * np.fft.fftfreq(padded.shape[1])[None, :]
            + dy * np.fft.fftfreq(padded.shape[0])[:, None]
        )
    )
    moved = np.fft.ifft2(np.fft.fft2(padded) * ramp).real
    return moved[MARGIN:-MARGIN, MARGIN:-MARGIN]


def noisy(luma: NDArray[np.float64] | Luma, sigma: float, seed: int) -> Luma:
    noise = np.random.default_rng(seed).normal(0, sigma, luma.shape) if sigma else 0
    return np.clip(np.rint(luma + noise), 0, 255).astype(np.uint8)


def blocks(values: NDArray[np.float64] | Flow, block: int) -> NDArray[np.float64]:
    """The samples of each whole block, in the third axis."""
    rows, columns = values.shape[0] // block, values.shape[1] // block
    cut = values[: rows * block, : columns * block].reshape(rows, block, columns, block, -1)
    return cut.transpose(0, 2, 1, 3, 4).reshape(rows, columns, block * block, -1).astype(float)


def errors(found: Flow, truth: Flow, luma: Luma, block: int) -> NDArray[np.float64]:
    """Endpoint errors of the blocks that count; `found` has a vector for every block."""
    true = blocks(truth, block)
    mean = true.mean(2)
    rows, columns = mean.shape[:2]
    top, left = np.mgrid[:rows, :columns] * block
    x, y = left + mean[..., 0], top + mean[..., 1]
    stays = (x >= 0) & (y >= 0) & (x + block <= luma.shape[1]) & (y + block <= luma.shape[0])
    textured = blocks(luma[..., None], block).std((2, 3)) > 5
    uniform = (np.ptp(true, axis=2) < 1).all(-1)
    apart = np.linalg.norm(found[:rows, :columns] - mean, axis=-1)
    return apart[stays & textured & uniform]


def ours(last: Luma, now: Luma) -> tuple[Flow, int]:
    field = v100.MotionVectors().search(last, now)
    return np.stack([field.dx, field.dy], -1), field.block


def dis() -> Callable[[Luma, Luma], Flow] | None:
    """OpenCV's dense inverse search, its fast preset."""
    if importlib.util.find_spec("cv2") is None:
        return None
    import cv2  # noqa: PLC0415 - optional

    cv2.setNumThreads(1)
    engine = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return lambda last, now: engine.calc(last, now, None)


def show(name: str, last: Luma, now: Luma, truth: Flow) -> None:
    found, block = ours(last, now)
    rival = dis()
    columns = [("v100_ai", errors(found, truth, last, block))]
    if rival is not None:
        dense = blocks(rival(last, now), block).mean(2)
        columns.append(("DIS", errors(dense, truth, last, block)))
    text = [
        f"{who} {apart.mean():.3f} px, {100 * (apart < 1).mean():5.1f} % below 1"
        for who, apart in columns
        if apart.size
    ]
    print(f"{name:42} {columns[0][1].size:5} blocks  {'   '.join(text)}")


def milliseconds(work: Callable[[], object], times: int = 21) -> float:
    """Median of a few."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(1e3 * (time.perf_counter() - began))
    return statistics.median(taken)


def mestimate(last: Luma, now: Luma) -> float | None:
    """Milliseconds a frame of FFmpeg's three-step search takes, on one thread."""
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        return None
    import imageio_ffmpeg  # noqa: PLC0415 - optional

    height, width = last.shape
    raw = (last.tobytes() + now.tobytes()) * 10
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "1", "-filter_threads", "1",
        "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-i", "-",
        "-vf", "{}", "-f", "null", "-",
    ]  # fmt: skip

    def run(filters: str) -> float:
        words = [filters if word == "{}" else word for word in command]
        return milliseconds(lambda: subprocess.run(words, input=raw, check=True), 5)

    return (run("format=yuv420p,mestimate=method=tss") - run("format=yuv420p")) / 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    paths = sorted(parser.parse_args().folder.glob("*img0.ppm"))
    if not paths:
        parser.error("no NAME_img0.ppm in the folder")
    for path in paths:
        stem = path.name.removesuffix("img0.ppm")
        last, now = picture(path), picture(path.with_name(f"{stem}img1.ppm"))
        truths = [path.with_name(f"{stem}{end}") for end in ("0flow.flo", "flow.flo")]
        truth = next(path for path in truths if path.exists())
        show(path.name, last, now, flow(truth))
    whole = picture(paths[0])
    tiles = [-(-edge // size) for edge, size in zip(FULL_HD, whole.shape, strict=True)]
    mirrored = np.pad(
        whole,
        [(0, size * (count - 1)) for size, count in zip(whole.shape, tiles, strict=True)],
        mode="symmetric",
    )[: FULL_HD[0], : FULL_HD[1]].copy()
    for name, luma in (("as it is", whole), ("1920x1080", mirrored)):
        for dx, dy, sigma in SHIFTS:
            truth = np.full((*luma.shape, 2), (dx, dy), np.float32)
            last, now = noisy(luma, sigma, 1), noisy(shifted(luma, dx, dy), sigma, 2)
            show(f"{name}, moved by ({dx}, {dy}), noise {sigma}", last, now, truth)
    last, now = mirrored, noisy(shifted(mirrored, 7, -3), 1, 3)
    vectors, rival = v100.MotionVectors(), dis()
    print(f"1920x1080: v100_ai {milliseconds(lambda: vectors.search(last, now)):.2f} ms a pair,")
    print("    both frames reduced and the Python arrays made on the way")
    kernel = v100._native.kernel_times(1920, 1080, cached=False).vectors  # noqa: SLF001
    print(f"    of which the search of two reduced frames {1e3 * kernel:.2f} ms")
    if rival is not None:
        print(f"    OpenCV DIS {milliseconds(lambda: rival(last, now), 5):.1f} ms")
    estimate = mestimate(last, now)
    if estimate is not None:
        print(f"    FFmpeg mestimate (three-step search) {estimate:.1f} ms")


if __name__ == "__main__":
    main()
