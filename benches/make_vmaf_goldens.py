"""Writes rust/core/tests/vmaf_goldens.txt: what libvmaf says of clips that are made by formula.

    pip install imageio-ffmpeg==0.8.1 numpy
    python benches/make_vmaf_goldens.py

The same formula stands in rust/core/tests/vmaf.rs. The ffmpeg inside that package (9.0.2) runs
    ffmpeg -i DISTORTED -i REFERENCE -lavfi libvmaf=model=...:log_fmt=json -f null -
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

GOLDENS = Path(__file__).parents[1] / "rust/core/tests/vmaf_goldens.txt"
# Width, height, bits, frames. Half the width, rounded up, is not a multiple of 32 and one more: there
# libvmaf's AVX-512 wavelet reads past the end of a line and differs from libvmaf's C.
CLIPS = [
    (160, 90, 8, 4),
    (97, 67, 8, 3),
    (33, 35, 8, 2),
    (132, 71, 10, 3),
    (96, 64, 12, 2),
    (75, 53, 16, 3),
    (330, 182, 8, 1),
]
MODELS = {
    "vmaf_v0.6.1": "one",
    "vmaf_v0.6.1neg": "neg",
    "vmaf_4k_v0.6.1": "four",
}
SCALES = [f"vif_scale{scale}" for scale in range(4)]
COLUMNS = [
    *(f"integer_{name}" for name in ["adm2", "motion2", *SCALES]),
    *(f"integer_{name}_egl_1" for name in ["adm2", *SCALES]),
    *MODELS.values(),
]

Plane = npt.NDArray[np.uint32]


def clip(width: int, height: int, bits: int, frame: int) -> tuple[Plane, Plane]:
    """Luma of reference and distorted: gradients, checks and noise; quantised, right half enhanced."""
    y, x = np.meshgrid(
        np.arange(height, dtype=np.uint32), np.arange(width, dtype=np.uint32), indexing="ij"
    )
    noise = x * np.uint32(374761393) + y * np.uint32(668265263) + np.uint32(frame * 40503)
    noise = (noise ^ (noise >> 13)) * np.uint32(1274126177)
    noise ^= noise >> 16
    slope = (x * 3 + y * 2 + frame * 7) & 255
    slope = np.minimum(slope, 255 - slope)
    checks = (((x >> 3) ^ (y >> 3)) + frame & 3) * 24
    reference = 32 + slope + checks + (noise & 15)
    coarse = (reference + 6) // 12 * 12
    stronger = np.clip((reference.astype(np.int64) * 5 - 128) // 4, 0, 255)
    distorted = np.where(x < width // 2, coarse, stronger).astype(np.uint32)
    extra = bits - 8
    low = (noise >> 8) & ((1 << extra) - 1)
    return (reference << extra) | low, (distorted << extra) | (low >> 1)


def score(width: int, height: int, bits: int, frames: int, folder: Path) -> list[dict[str, float]]:
    """libvmaf's metrics of each frame."""
    kind = "<u2" if bits > 8 else "u1"
    chroma = np.full(((width + 1) // 2) * ((height + 1) // 2) * 2, 128 << (bits - 8)).astype(kind)
    paths = [folder / "reference.yuv", folder / "distorted.yuv"]
    with paths[0].open("wb") as reference, paths[1].open("wb") as distorted:
        for frame in range(frames):
            for file, luma in zip(
                (reference, distorted), clip(width, height, bits, frame), strict=True
            ):
                file.write(luma.astype(kind).tobytes() + chroma.tobytes())
    form = "yuv420p" if bits == 8 else f"yuv420p{bits}le"
    raw = ["-f", "rawvideo", "-pix_fmt", form, "-s", f"{width}x{height}"]
    models = "|".join(f"version={model}\\:name={name}" for model, name in MODELS.items())
    log = folder / "log.json"
    graph = f"libvmaf=model='{models}':log_fmt=json:log_path={log}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error"]
    command += [*raw, "-i", str(paths[1]), *raw, "-i", str(paths[0])]
    subprocess.run([*command, "-lavfi", graph, "-f", "null", "-"], check=True)
    found: dict[str, Any] = json.loads(log.read_text())
    return [frame["metrics"] for frame in found["frames"]]


def main() -> None:
    lines = ["# width height bits frame " + " ".join(COLUMNS)]
    with tempfile.TemporaryDirectory() as folder:
        for width, height, bits, frames in CLIPS:
            for frame, metrics in enumerate(score(width, height, bits, frames, Path(folder))):
                values = " ".join(f"{metrics[column]:.6f}" for column in COLUMNS)
                lines.append(f"{width} {height} {bits} {frame} {values}")
    GOLDENS.write_text("\n".join(lines) + "\n")
    print(f"{GOLDENS.name}: {len(lines) - 1} frames")


if __name__ == "__main__":
    main()
