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
from tests.pairs import CLIPS, GOLDENS, Clip

MODELS = ("vmaf_v0.6.1", "vmaf_v0.6.1neg", "vmaf_4k_v0.6.1")
FEATURES = "name=psnr|name=float_ssim"
MS_SSIM_LEAST = 176


def scores(clip: Clip, folder: Path) -> list[dict[str, float]]:
    """Each frame's metrics."""
    paths = folder / "distorted.yuv", folder / "reference.yuv"
    with paths[0].open("wb") as distorted, paths[1].open("wb") as reference:
        for frame in range(clip.frames):
            pair = clip.pair(frame)
            reference.write(b"".join(plane.tobytes() for plane in pair[0]))
            distorted.write(b"".join(plane.tobytes() for plane in pair[1]))
    raw = ["-f", "rawvideo", "-pix_fmt", clip.pixels, "-s", f"{clip.width}x{clip.height}"]
    inputs = [*raw, "-i", str(paths[0]), *raw, "-i", str(paths[1])]

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
    made = "python -m benches.make_quality_goldens; see there for the commands of ffmpeg"
    GOLDENS.parent.mkdir(exist_ok=True)
    GOLDENS.write_text(json.dumps({"made_by": made, "clips": clips}, indent=1) + "\n")
    print(f"{GOLDENS.name}: {sum(map(len, clips.values()))} frames")


if __name__ == "__main__":
    main()
