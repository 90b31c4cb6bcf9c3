"""Writes tests/golden/quality.json: what libvmaf and ffmpeg say of clips that are made by formula.

    pip install imageio-ffmpeg==0.8.1 numpy
    python -m benches.make_quality_goldens

The ffmpeg inside that package (9.0.2, libvmaf 3.2) runs, of raw files,
    ffmpeg -i DISTORTED -i REFERENCE -lavfi libvmaf=model=...:feature=...:log_fmt=json -f null -
    ffmpeg -i DISTORTED -i REFERENCE -lavfi ssim=stats_file=... -f null -
    ffmpeg -i DISTORTED -i REFERENCE -lavfi psnr=stats_file=... -f null -
"""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
from tests.pairs import BANDED, CLIPS, GOLDENS, Clip

MODELS = ("vmaf_v0.6.1", "vmaf_v0.6.1neg", "vmaf_4k_v0.6.1")
VIEWS = {"3d0h": 160, "1d5h_2160": 160, "5d0h": 266, "3d0h_2160": 318}
"""Models of v1.0.16, and the least edge of a picture with colour at half its size."""

FEATURES = "name=psnr|name=float_ssim"
MS_SSIM_LEAST = 176


def _inputs(clip: Clip, folder: Path) -> list[str]:
    """The clip as two raw files: words for ffmpeg."""
    paths = folder / "distorted.yuv", folder / "reference.yuv"
    with paths[0].open("wb") as distorted, paths[1].open("wb") as reference:
        for frame in range(clip.frames):
            pair = clip.pair(frame)
            reference.write(b"".join(plane.tobytes() for plane in pair[0]))
            distorted.write(b"".join(plane.tobytes() for plane in pair[1]))
    raw = ["-f", "rawvideo", "-pix_fmt", clip.pixels, "-s", f"{clip.width}x{clip.height}"]
    return [*raw, "-i", str(paths[0]), *raw, "-i", str(paths[1])]


def banded(clip: Clip, folder: Path) -> list[dict[str, float]]:
    """Each frame's metrics by the models of v1.0.16 that it is large enough for."""
    halved = "420" in clip.pixels
    least = min(clip.width, clip.height) * (1 if halved else 2)
    names = [
        f"vmaf_v1.0.16_{rate}{view}"
        for view, needs in VIEWS.items()
        for rate in ("", "hfr_")
        if least >= needs
    ]
    models = "|".join(f"version={name}\\:name={name}" for name in names)
    log = folder / "log.json"
    graph = f"libvmaf=model='{models}':log_fmt=json:log_path={log}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *_inputs(clip, folder)]
    subprocess.run([*command, "-lavfi", graph, "-f", "null", "-"], check=True)
    return [frame["metrics"] for frame in json.loads(log.read_text())["frames"]]


def scores(clip: Clip, folder: Path) -> list[dict[str, float]]:
    """Each frame's metrics."""
    inputs = _inputs(clip, folder)

    def run(graph: str) -> None:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *inputs]
        subprocess.run([*command, "-lavfi", graph, "-f", "null", "-"], check=True)

    models = "|".join(f"version={model}\\:name={model}" for model in MODELS)
    phone = "version=vmaf_v0.6.1\\:name=phone\\:enable_transform=true"
    large = min(clip.width, clip.height) >= MS_SSIM_LEAST
    features = FEATURES + ("|name=float_ms_ssim" if large else "")
    log, stats = folder / "log.json", folder / "stats"
    run(f"libvmaf=model='{models}|{phone}':feature='{features}':log_fmt=json:log_path={log}")
    found = [frame["metrics"] for frame in json.loads(log.read_text())["frames"]]
    for name in ("ssim", "psnr"):
        run(f"{name}=stats_file={stats}")
        for metrics, line in zip(found, stats.read_text().splitlines(), strict=True):
            told = re.findall(r"(\w+):([\d.]+|inf)", line)
            metrics |= {f"ffmpeg_{name}_{key}": float(value) for key, value in told if key != "n"}
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clips = {clip.name: scores(clip, Path(folder)) for clip in CLIPS}
        clips |= {clip.name: banded(clip, Path(folder)) for clip in BANDED}
    made = "python -m benches.make_quality_goldens; see there for the commands of ffmpeg"
    GOLDENS.parent.mkdir(exist_ok=True)
    GOLDENS.write_text(json.dumps({"made_by": made, "clips": clips}, indent=1) + "\n")
    print(f"{GOLDENS.name}: {sum(map(len, clips.values()))} frames")


if __name__ == "__main__":
    main()
