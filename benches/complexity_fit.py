"""The fit behind scene_complexity: frame statistics against the bits that x264 spends.

    pip install imageio-ffmpeg numpy
    python benches/complexity_fit.py measure TABLE FOLDER... [--heights 360 720] [--vary]
    python benches/complexity_fit.py fit TABLE... [--held-out FOLDER...]

`measure` cuts every video below the folders into segments of two seconds at 24 frames
per second, encodes each at constant rate factors, and adds a line per segment to TABLE (JSON
lines): bits per sample and, for every frame, what the frame signature totals. `fit` prints the
coefficients of complexity/scene.rs, and how well they predict clips that were not fitted.
Variations of a clip (speed, noise, pans ...) teach a little, and are never what is scored.
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


def reduced(luma: np.ndarray) -> np.ndarray:
    """Means of squares of samples, rounded: at most 960x600 of them, or a little more."""
    height, width = luma.shape
    edge = 1 if width * height <= 960 * 600 else 2 if width * height <= 1920 * 1200 else 4
    whole = luma[: height // edge * edge, : width // edge * edge].astype(np.float32)
    squares = whole.reshape(height // edge, edge, width // edge, edge)
    return np.floor(squares.mean((1, 3)) + 0.5)


def statistics(luma: np.ndarray, last: np.ndarray) -> dict[str, float]:
    """What the signature totals of a frame, as means per sample."""
    x = np.pad(luma.astype(np.float32), 1, mode="edge")
    mid, left, right, up, down = (
        x[1:-1, 1:-1], x[1:-1, :-2], x[1:-1, 2:], x[:-2, 1:-1], x[2:, 1:-1],
    )  # fmt: skip
    found = {
        "gradient": np.mean((right - mid) ** 2 + (down - mid) ** 2),
        "laplacian": np.mean((4 * mid - left - right - up - down) ** 2),
        "difference": np.mean(np.abs(reduced(luma) - reduced(last))),
    }
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


TARGET = "veryfast 23"
LAPLACIAN_FLOOR, DIFFERENCE_FLOOR = 16.0, 1.0
"""What a sample costs that is nearly flat, or nearly still: tried from 1 to 16 and from 0.1 to 2."""
VARIATION_WEIGHT = 0.3


@dataclass(frozen=True)
class Table:
    """Segments as columns: features with a constant, log bits, and where each comes from."""

    features: np.ndarray
    bits: dict[str, np.ndarray]
    clip: np.ndarray
    folder: np.ndarray
    variation: np.ndarray
    height: np.ndarray

    @classmethod
    def read(cls, paths: list[Path]) -> "Table":
        rows = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
        column = {
            key: np.array([row[key] for row in rows])
            for key in ("clip", "folder", "variation", "height")
        }
        bits = {name: np.log([row["bits"][name] for row in rows]) for name in ENCODERS}
        return cls(np.array([features(row["frames"]) for row in rows]), bits, **column)

    def coefficients(self, use: np.ndarray, target: str = TARGET) -> np.ndarray:
        weight = np.sqrt(np.where(self.variation == "", 1.0, VARIATION_WEIGHT))[use]
        return np.linalg.lstsq(
            self.features[use] * weight[:, None], self.bits[target][use] * weight
        )[0]

    def by_folds(self, target: str = TARGET) -> np.ndarray:
        """Each segment as the other clips predict it."""
        predicted = np.zeros(len(self.clip))
        for clip in np.unique(self.clip):
            held = self.clip == clip
            predicted[held] = self.features[held] @ self.coefficients(~held, target)
        return predicted


def features(frames: list[dict[str, float]]) -> list[float]:
    """The mean over frames: scene_complexity is read frame by frame."""
    laplacian = np.mean([np.log(frame["laplacian"] + LAPLACIAN_FLOOR) for frame in frames])
    difference = np.mean([np.log(frame["difference"] + DIFFERENCE_FLOOR) for frame in frames])
    return [laplacian, difference, 1.0]


def score(name: str, predicted: np.ndarray, actual: np.ndarray) -> None:
    error = predicted - actual
    r = np.corrcoef(predicted, actual)[0, 1] if len(actual) > 2 else np.nan
    print(
        f"{name:34} {len(actual):4} segments  r {r:.3f}  median error {np.median(np.abs(np.expm1(error))):.0%}"
        f"  bias {error.mean():+.2f}"
    )


def fit(paths: list[Path], held_out: list[str]) -> None:
    table = Table.read(paths)
    real, common = table.variation == "", table.height == 360
    for encoder, actual in table.bits.items():
        predicted = table.by_folds(encoder)
        score(f"{encoder}, folds by clip", predicted[real & common], actual[real & common])
    actual, predicted = table.bits[TARGET], table.by_folds()
    for folder in np.unique(table.folder[real & common]):
        chosen = real & common & (table.folder == folder)
        score(f"  {folder}", predicted[chosen], actual[chosen])
    for height in np.unique(table.height):
        score(
            f"  {height} lines", *(v[real & (table.height == height)] for v in (predicted, actual))
        )
    for variation in list(VARIATIONS)[1:]:
        if (table.variation == variation).any():
            score(f"  {variation}", *(v[table.variation == variation] for v in (predicted, actual)))
    taught = ~np.isin(table.folder, held_out)
    laplacian, difference, constant = table.coefficients(taught)
    if held_out:
        chosen = ~taught & real & common
        for encoder, bits in table.bits.items():
            predicted = table.features @ table.coefficients(taught, encoder)
            score(f"{encoder}, {' '.join(held_out)} held out", predicted[chosen], bits[chosen])
    floor = constant + laplacian * np.log(LAPLACIAN_FLOOR) + difference * np.log(DIFFERENCE_FLOOR)
    print(
        f"ln bits = {laplacian:.4f} ln(1 + L/{LAPLACIAN_FLOOR:g}) + {difference:.4f} ln(1 + D/{DIFFERENCE_FLOOR:g}) {floor:+.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("measure")
    command.add_argument("table", type=Path)
    command.add_argument("folders", type=Path, nargs="+")
    command.add_argument("--heights", type=int, nargs="+", default=[360])
    command.add_argument("--most", type=int, default=SEGMENTS_A_CLIP, help="segments of a clip")
    command.add_argument(
        "--every",
        type=int,
        default=1,
        help="frames of which one is measured; odd, lest it fall in with repeated frames",
    )
    command.add_argument(
        "--vary", action="store_true", help="one segment of each variation instead"
    )
    command = commands.add_parser("fit")
    command.add_argument("tables", type=Path, nargs="+")
    command.add_argument("--held-out", nargs="+", default=[], help="folders that teach nothing")
    arguments = parser.parse_args()
    if arguments.command == "fit":
        fit(arguments.tables, arguments.held_out)
    else:
        measure(
            arguments.table, arguments.folders, arguments.heights,
            vary=arguments.vary, most=arguments.most, every=arguments.every,
        )  # fmt: skip


if __name__ == "__main__":
    main()
