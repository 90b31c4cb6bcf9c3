"""The fit behind scene_complexity: frame statistics against the bits that x264 spends.

    pip install imageio-ffmpeg numpy
    python benches/complexity_fit.py TABLE measure FOLDER... [--heights 360 720] [--vary]
    python benches/complexity_fit.py TABLE fit [--held-out NAME...]

`measure` cuts every video below the folders into segments of two seconds at 24 frames per second, encodes each at
constant rate factors, and adds a line per segment to TABLE (JSON lines): bits per sample and, for
every frame, what the frame signature totals. `fit` prints the coefficients of complexity/scene.rs,
and how well they predict clips that were not fitted.
"""

import argparse
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

FPS, SEGMENT, SEGMENTS_A_CLIP = 24, 48, 8
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "1"]
ENCODERS = {
    "veryfast 23": ("veryfast", 23),
    "veryfast 32": ("veryfast", 32),
    "medium 23": ("medium", 23),
}
VIDEOS = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".y4m"}

VARIATIONS = {
    "": "null",
    "fast": "setpts=PTS/3",
    "slow": "setpts=PTS*3",
    "crop": "crop=iw/2:ih/2",
    "noise": "noise=alls=8:allf=t",
    "soft": "gblur=sigma=2",
    "still": "loop=loop=-1:size=1:start=12",
    "pan": "loop=loop=-1:size=1:start=12,crop=iw*0.6:ih*0.6:iw*0.2*(1+sin(t)):ih*0.2*(1+cos(t*0.7))",
}


@dataclass(frozen=True)
class Segment:
    """Two seconds of video as yuv420p frames."""

    width: int
    height: int
    frames: np.ndarray

    @property
    def luma(self) -> np.ndarray:
        samples = self.width * self.height
        return self.frames[:, :samples].reshape(-1, self.height, self.width)

    def bits_per_sample(self, preset: str, crf: int) -> float:
        command = [
            *FFMPEG, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{self.width}x{self.height}", "-r", str(FPS),
            "-i", "-", "-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-g", str(SEGMENT),
            "-threads", "1", "-f", "h264", "-",
        ]  # fmt: skip
        stream = subprocess.run(
            command, input=self.frames.tobytes(), stdout=subprocess.PIPE, check=True
        ).stdout
        return 8 * len(stream) / (len(self.frames) * self.width * self.height)


def size_at(clip: Path, height: int) -> tuple[int, int]:
    """An even size of the clip's shape with as many samples as 16:9 has at `height`."""
    text = subprocess.run(
        [*FFMPEG[:1], "-hide_banner", "-i", str(clip)], stderr=subprocess.PIPE, check=False
    ).stderr
    for word in text.decode(errors="replace").split("Video:")[1].replace(",", " ").split():
        wide, cross, high = word.partition("x")
        if cross and wide.isdigit() and high.isdigit():
            scale = (height * height * 16 / 9 / (int(wide) * int(high))) ** 0.5
            return round(int(wide) * scale / 2) * 2, round(int(high) * scale / 2) * 2
    raise ValueError(f"{clip}: no size")


def segments(clip: Path, height: int, variation: str, most: int) -> Iterator[Segment]:
    width, height = size_at(clip, height)
    filters = f"{VARIATIONS[variation]},fps={FPS},scale={width}:{height}:flags=bicubic"
    command = [
        *FFMPEG,
        "-i",
        str(clip),
        "-vf",
        filters,
        "-pix_fmt",
        "yuv420p",
        "-f",
        "rawvideo",
        "-",
    ]
    size = width * height * 3 // 2
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as decoder:
        for _ in range(most):
            data = decoder.stdout.read(size * SEGMENT)
            if len(data) < size * SEGMENT:
                break
            yield Segment(width, height, np.frombuffer(data, np.uint8).reshape(SEGMENT, size))
        decoder.kill()


def block_edge(width: int, height: int) -> int:
    return 4 * max(1, round((width * height / 14400) ** 0.5 / 4))


def factor(width: int, height: int) -> int:
    samples = width * height
    return 1 if samples <= 960 * 600 else 2 if samples <= 1920 * 1200 else 4


def blocks(values: np.ndarray, edge: int) -> np.ndarray:
    """Means of whole blocks."""
    height, width = (n // edge * edge for n in values.shape)
    return values[:height, :width].reshape(height // edge, edge, width // edge, edge).mean((1, 3))


def statistics(luma: np.ndarray, last: np.ndarray) -> dict[str, float]:
    """What the signature totals of a frame, as means per sample."""
    height, width = luma.shape
    edge, reduce = block_edge(width, height), factor(width, height)
    x = np.pad(luma.astype(np.float32), 1, mode="edge")
    mid = x[1:-1, 1:-1]
    across, down = x[1:-1, 2:] - mid, x[2:, 1:-1] - mid
    gradient = blocks(across * across + down * down, edge)
    laplacian = blocks(
        (4 * mid - x[1:-1, :-2] - x[1:-1, 2:] - x[:-2, 1:-1] - x[2:, 1:-1]) ** 2, edge
    )
    mean = blocks(mid, edge)
    variance = np.maximum(blocks(mid * mid, edge) - mean * mean, 0)
    found = {}
    for name, values in (("gradient", gradient), ("laplacian", laplacian), ("variance", variance)):
        found[name] = values.mean()
        found[name + "_root"] = np.sqrt(values).mean()
        found[name + "_log"] = np.log1p(values).mean()
    plane = np.floor(mean + 0.5)
    found["relief"] = (
        np.abs(np.diff(plane, axis=0)).mean() + np.abs(np.diff(plane, axis=1)).mean()
    ) / 2
    small, before = (np.floor(blocks(f.astype(np.float32), reduce) + 0.5) for f in (luma, last))
    difference = blocks(np.abs(small - before), max(1, edge // reduce))
    found["difference"] = difference.mean()
    found["difference_root"] = np.sqrt(difference).mean()
    found["difference_log"] = np.log1p(difference).mean()
    found["plane_difference"] = np.abs(
        plane - np.floor(blocks(last.astype(np.float32), edge) + 0.5)
    ).mean()
    rows, columns = (min(a, b) for a, b in zip(difference.shape, variance.shape, strict=True))
    busy = np.minimum(variance[:rows, :columns], difference[:rows, :columns] ** 2)
    found["busy_root"], found["busy_log"] = np.sqrt(busy).mean(), np.log1p(busy).mean()
    return {name: round(float(value), 6) for name, value in found.items()}


def measure(
    table: Path, folders: list[Path], heights: list[int], *, vary: bool, most: int, every: int
) -> None:
    clips = sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in VIDEOS)
    with table.open("a") as lines:
        for clip in clips:
            for height in heights:
                for variation in list(VARIATIONS)[1:] if vary else [""]:
                    for index, segment in enumerate(
                        segments(clip, height, variation, 1 if vary else most)
                    ):
                        line = {
                            "folder": clip.parent.name, "clip": clip.stem, "variation": variation, "height": height,
                            "width": segment.width, "rows": segment.height, "index": index,
                            "bits": {n: segment.bits_per_sample(*e) for n, e in ENCODERS.items()},
                            "frames": [statistics(segment.luma[i], segment.luma[i - 1]) for i in range(1, SEGMENT, every)],
                        }  # fmt: skip
                        lines.write(json.dumps(line) + "\n")
                        lines.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("measure")
    command.add_argument("folders", type=Path, nargs="+")
    command.add_argument("--heights", type=int, nargs="+", default=[360])
    command.add_argument("--most", type=int, default=SEGMENTS_A_CLIP, help="segments of a clip")
    command.add_argument("--every", type=int, default=1, help="frames of which one is measured")
    command.add_argument(
        "--vary", action="store_true", help="one segment of each variation instead"
    )
    arguments = parser.parse_args()
    measure(
        arguments.table,
        arguments.folders,
        arguments.heights,
        vary=arguments.vary,
        most=arguments.most,
        every=arguments.every,
    )


if __name__ == "__main__":
    main()
