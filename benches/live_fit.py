"""The fit behind vmaf_live and quality_estimate: what signatures see against VMAF v0.6.1.

    pip install imageio-ffmpeg==0.8.1 numpy scipy
    cargo build --release --example live
    python benches/live_fit.py measure TABLE target/release/examples/live CLIPS... [--heights 360 720]
    python benches/live_fit.py fit TABLE... [--held-out TABLE...]

`measure` takes short segments of every clip (files or folders), distorts each in every way of `DISTORTIONS`, and
adds a line of JSON per segment and distortion to TABLE: VMAF of each frame by libvmaf, and what
`examples/live.rs` prints of it. `fit` prints the constants of quality/live.rs and quality/estimate.rs,
and their errors on clips that were not fitted on.
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from scipy.optimize import least_squares, lsq_linear
from scipy.stats import pearsonr, spearmanr

FPS, FRAMES = 24, 16
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-threads", "1"]
VIDEOS = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".y4m"}

# Each a chain of filters and the constant rate factor that follows it, if one does.
DISTORTIONS: dict[str, tuple[str, int | None]] = {
    "none": ("null", None),
    **{f"crf {crf}": ("null", crf) for crf in (18, 23, 28, 33, 38, 43, 48)},
    "half": ("scale=iw/2:-2:flags=bicubic,scale={size}:flags=bicubic", None),
    "third, crf 28": ("scale=iw/3:-2:flags=bicubic,scale={size}:flags=bicubic", 28),
    "blur 1": ("gblur=sigma=1", None),
    "blur 2.5": ("gblur=sigma=2.5", None),
    "noise 6": ("noise=c0s=6:c0f=t", None),
    "noise 14": ("noise=c0s=14:c0f=t", None),
    "noise 25, crf 30": ("noise=c0s=25:c0f=t", 30),
    "held": ("framestep=4,fps=24", 28),
}


def probe(clip: Path) -> tuple[int, int, float]:
    """Width, height and seconds of a clip."""
    said = subprocess.run(
        [FFMPEG[0], "-hide_banner", "-i", str(clip)], capture_output=True, text=True, check=False
    ).stderr
    width, height = re.search(r"Video:.*?, (\d+)x(\d+)", said).groups()
    hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", said).groups()
    return int(width), int(height), int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def run(*command: object, given: bytes | None = None) -> bytes:
    return subprocess.run(
        list(map(str, command)), input=given, stdout=subprocess.PIPE, check=True
    ).stdout


def raw(size: tuple[int, int]) -> list[str]:
    return ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", str(FPS)]


def distort(source: Path, size: tuple[int, int], name: str, to: Path) -> None:
    filters, crf = DISTORTIONS[name]
    filters = filters.format(size=f"{size[0]}:{size[1]}")
    cut = ["-frames:v", FRAMES, "-threads", 1]
    given = [*FFMPEG, *raw(size), "-i", source, "-vf", filters]
    if crf is None:
        run(*given, *cut, *raw(size), to)
        return
    coded = to.with_suffix(".mp4")
    run(*given, *cut, "-c:v", "libx264", "-preset", "veryfast", "-crf", crf, coded)
    run(*FFMPEG, "-i", coded, "-fps_mode", "passthrough", *raw(size)[:6], to)


def vmaf(reference: Path, distorted: Path, size: tuple[int, int]) -> list[float]:
    log = distorted.with_suffix(".json")
    run(
        *FFMPEG, *raw(size), "-i", distorted, *raw(size), "-i", reference,
        "-lavfi", f"libvmaf=log_path={log}:log_fmt=json:n_threads=1", "-f", "null", "-",
    )  # fmt: skip
    return [frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"]]


def measure(table: Path, tool: Path, clips: list[Path], heights: list[int]) -> None:
    files = [
        path
        for clip in clips
        for path in ([clip] if clip.is_file() else sorted(clip.iterdir()))
        if path.suffix in VIDEOS
    ]
    with table.open("a") as lines, tempfile.TemporaryDirectory() as folder:
        for clip in files:
            width, height, seconds = probe(clip)
            for index, lines_high in enumerate(heights):
                # as many samples as a picture of 16:9 has with that many lines
                scale = (lines_high**2 * 16 / 9 / (width * height)) ** 0.5
                size = round(width * scale / 2) * 2, round(height * scale / 2) * 2
                source = Path(folder) / "source.yuv"
                start = max(0.0, seconds - 1) * index / len(heights)
                filters = f"fps={FPS},scale={size[0]}:{size[1]}:flags=bicubic"
                run(
                    *FFMPEG, "-ss", start, "-i", clip, "-vf", filters, "-frames:v", FRAMES,
                    "-fps_mode", "passthrough", *raw(size)[:6], source,
                )  # fmt: skip
                if source.stat().st_size < FRAMES * size[0] * size[1] * 3 // 2:
                    continue
                for name in DISTORTIONS:
                    to = Path(folder) / "distorted.yuv"
                    distort(source, size, name, to)
                    scores = vmaf(source, to, size)
                    seen = run(tool, source, to, *size).decode().splitlines()
                    line = {"clip": clip.stem, "size": size, "distortion": name, "vmaf": scores}
                    cues = [list(map(float, each.split())) for each in seen]
                    lines.write(json.dumps(line | {"cues": cues}) + "\n")
                lines.flush()
                print(clip.stem, size)


class Frames:
    """Every frame of some tables that has one before it."""

    def __init__(self, tables: list[Path]) -> None:
        lines = [json.loads(line) for table in tables for line in table.read_text().splitlines()]
        frames = [
            (line["clip"], line["distortion"], score, *cues)
            for line in lines
            for score, cues in list(zip(line["vmaf"], line["cues"], strict=False))[1:]
        ]
        self.clip, self.distortion = (np.array([frame[at] for frame in frames]) for at in (0, 1))
        self.vmaf = np.array([frame[2] for frame in frames])
        self.cues = np.array([frame[3:] for frame in frames])

    def without(self, clip: str) -> np.ndarray:
        return self.clip != clip


def live_terms(cues: np.ndarray) -> np.ndarray:
    """What quality/live.rs weighs, and last what it divides the sum by."""
    mse, ssim, detail_loss, motion = cues.T[:4]
    lost = -np.log(1 - detail_loss)
    return np.stack([1 - ssim, mse**0.75, lost**2, (1 + motion) ** 0.25], axis=1)


def live(weights: np.ndarray, terms: np.ndarray) -> np.ndarray:
    return 100 / (1 + terms[:, :-1] @ weights / terms[:, -1])


def fit_live(terms: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Weights of nothing or more: more of a distortion never reads as less."""
    start = np.array([20.0, 0.1, 0.1])
    found = least_squares(
        lambda weights: live(weights, terms) - scores,
        start,
        bounds=(0, np.inf),
        loss="soft_l1",
        f_scale=5,
    )
    return found.x


def estimate_terms(cues: np.ndarray) -> np.ndarray:
    """What quality/estimate.rs weighs."""
    blockiness, blur, grain, held = cues.T[4:]
    return np.stack([np.ones_like(held), blockiness, blur**2, held, grain], axis=1)


def estimate(weights: np.ndarray, terms: np.ndarray) -> np.ndarray:
    return 100 / (1 + np.exp(-terms @ weights))


def fit_estimate(terms: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Blocks, blur and standing still never read as better."""
    share = np.clip(scores, 3, 97) / 100
    most = np.array([np.inf, 0, 0, 0, np.inf]) + 1e-12
    return lsq_linear(terms, np.log(share / (1 - share)), bounds=(-np.inf, most)).x


def report(what: str, found: np.ndarray, scores: np.ndarray) -> None:
    error = np.abs(found - scores)
    print(
        f"  {what}: mean absolute error {error.mean():.2f}, 95 % below {np.percentile(error, 95):.1f},"
        f" Spearman {spearmanr(found, scores)[0]:.3f}, Pearson {pearsonr(found, scores)[0]:.3f}"
    )


def fit(tables: list[Path], held_out: list[Path]) -> None:
    frames = Frames(tables)
    kept = Frames(held_out) if held_out else None
    for name, terms_of, fitted, model in (
        ("vmaf_live", live_terms, fit_live, live),
        ("quality_estimate", estimate_terms, fit_estimate, estimate),
    ):
        terms = terms_of(frames.cues)
        weights = fitted(terms, frames.vmaf)
        print(name, [float(f"{weight:.4g}") for weight in weights])
        crossed = np.zeros_like(frames.vmaf)
        for clip in np.unique(frames.clip):
            others = frames.without(clip)
            without = fitted(terms[others], frames.vmaf[others])
            crossed[~others] = model(without, terms[~others])
        clips = len(np.unique(frames.clip))
        report(f"each of {clips} clips by the others, {len(crossed)} frames", crossed, frames.vmaf)
        if kept:
            found = model(weights, terms_of(kept.cues))
            clips = len(np.unique(kept.clip))
            report(f"{clips} clips held out, {len(found)} frames", found, kept.vmaf)
            for each in DISTORTIONS:
                there = kept.distortion == each
                bias = (found - kept.vmaf)[there]
                print(f"    {each:16} error {np.abs(bias).mean():5.1f}, bias {bias.mean():+5.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure")
    measuring.add_argument("table", type=Path)
    measuring.add_argument("tool", type=Path)
    measuring.add_argument("clips", type=Path, nargs="+")
    measuring.add_argument("--heights", type=int, nargs="+", default=[360, 720])
    fitting = commands.add_parser("fit")
    fitting.add_argument("tables", type=Path, nargs="+")
    fitting.add_argument("--held-out", type=Path, nargs="+", default=[])
    given = parser.parse_args()
    if given.command == "measure":
        measure(given.table, given.tool.resolve(), given.clips, given.heights)
    else:
        fit(given.tables, given.held_out)


if __name__ == "__main__":
    main()
