"""Comparisons of inputs that say different things of themselves, beside ffmpeg and libvmaf.

    pip install imageio-ffmpeg==0.8.1
    python benches/comparison_pairs.py [CLIP] [--frames 40]

The distorted input is coded in every range, depth, chroma and rotation, and as RGB; the reference is the same clip,
lossless, in limited range. Truth is what the ffmpeg of that package (9.0.2, libvmaf 3.2) says where both sides are
brought to the reference's range, and to the deeper depth, by a `scale` of its own. Without CLIP a fractal is
made. Printed is each pair with both figures, and the largest differences.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from math import inf, log10
from pathlib import Path

import imageio_ffmpeg

import v100_ai as v100

FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-threads", "1"]
FRACTAL = "mandelbrot=size=480x270:rate=25:start_scale=2:end_pts=200"
SIZE = "scale=480:270:flags=bicubic,setsar=1,settb=1/25,setpts=N"
WITHIN = 0.01


@dataclass(frozen=True)
class Coding:
    """How the distorted input is coded, and the reference it is compared with."""

    range: str
    pixels: str
    turned: bool
    reference: str

    @property
    def name(self) -> str:
        turned = ", turned" if self.turned else ""
        return f"{self.range} {self.pixels}{turned} against {self.reference}"

    @property
    def deep(self) -> bool:
        return "10" in self.pixels + self.reference

    @property
    def rgb(self) -> bool:
        return self.range == "rgb"


def codings() -> list[Coding]:
    yuv = [
        Coding(range_, f"yuv{chroma}p{'10le' * (depth == 10)}", turned, f"yuv{chroma}p")
        for range_, chroma, depth, turned in itertools.product(
            ("limited", "full"), ("420", "444"), (8, 10), (False, True)
        )
    ]
    rgb = [
        Coding("rgb", pixels, turned, f"yuv{chroma}p")
        for pixels, chroma, turned in itertools.product(
            ("rgb24", "gbrp10le"), ("420", "444"), (False, True)
        )
    ]
    back = [
        Coding(range_, f"yuv{chroma}p", turned=False, reference=f"yuv{chroma}p10le")
        for range_, chroma in itertools.product(("limited", "full"), ("420", "444"))
    ]
    return yuv + rgb + back


def run(*words: object) -> str:
    done = subprocess.run([*FFMPEG, *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout


def code(source: Path, coding: Coding, folder: Path) -> Path:
    """The distorted input: coarse, so that there is something to measure; RGB as codecs without loss have it."""
    name = coding.name.replace(" ", "_").replace(",", "")
    turn = "transpose=clock," if coding.turned else ""
    # libx264 has no RGB of ten bits, and FFV1 has no loss: what is lost is made by a blur.
    blur = "gblur=sigma=0.8,noise=alls=4:all_seed=3," if coding.rgb else ""
    to = "" if coding.rgb else f":out_range={coding.range}"
    filters = f"{blur}{turn}scale=in_range=limited{to}:flags=bicubic,format={coding.pixels}"
    codec = ["-c:v", "ffv1"] if coding.rgb else ["-c:v", "libx264", "-crf", 32, "-preset", "fast"]
    said = [] if coding.rgb else ["-color_range", "pc" if coding.range == "full" else "tv"]
    made = folder / f"{name}.{'mkv' if coding.rgb else 'mp4'}"
    run("-i", source, "-vf", filters, *said, *codec, made)
    if not coding.turned:
        return made
    turned = folder / f"{name}_shown.{'mov' if coding.rgb else 'mp4'}"
    run("-display_rotation", 90, "-i", made, "-c", "copy", turned)
    return turned


def truth(reference: Path, distorted: Path, coding: Coding, folder: Path) -> tuple[float, float]:
    """VMAF and PSNR of luma, as ffmpeg has them."""
    chroma = coding.reference.removeprefix("yuv")[:3]
    pixels = f"yuv{chroma}p{'10le' * (coding.deep and not coding.rgb)}"
    ranges = {"limited": "tv", "full": "pc", "rgb": "pc"}
    one = f"[0:v]scale=in_range={ranges[coding.range]}:out_range=tv:flags=bicubic,format={pixels},settb=1/25,setpts=N"
    other = f"[1:v]scale=in_range=tv:out_range=tv:flags=bicubic,format={pixels},settb=1/25,setpts=N"
    log, stats = folder / "vmaf.json", folder / "psnr.txt"
    lines = (
        f"{one},split[a][b];{other},split[c][d];[a][c]libvmaf=log_fmt=json:log_path={log}[v];"
        f"[b][d]psnr=stats_file={stats}[p]"
    )
    run(
        "-i", distorted, "-i", reference, "-lavfi", lines,
        "-map", "[v]", "-f", "null", "-", "-map", "[p]", "-f", "null", "-",
    )  # fmt: skip
    vmaf = json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"]
    peak = 1023 if coding.deep and not coding.rgb else 255
    errors = [
        float(word.removeprefix("mse_y:"))
        for line in stats.read_text().splitlines()
        for word in line.split()
        if word.startswith("mse_y:")
    ]
    return vmaf, decibels(sum(errors) / len(errors), peak)


def decibels(error: float, peak: int) -> float:
    return 10 * log10(peak * peak / error) if error else inf


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("clip", nargs="?")
    words.add_argument("--frames", type=int, default=40)
    asked = words.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        given = ["-i", asked.clip] if asked.clip else ["-f", "lavfi", "-i", FRACTAL]
        references = dict[str, Path]()
        for pixels in ("yuv420p", "yuv444p", "yuv420p10le", "yuv444p10le"):
            references[pixels] = folder / f"reference_{pixels}.mkv"
            source = given if pixels == "yuv420p" else ["-i", references["yuv420p"]]
            run(
                *source, "-frames:v", asked.frames, "-vf", f"{SIZE},format={pixels}",
                "-color_range", "tv", "-c:v", "ffv1", references[pixels],
            )  # fmt: skip
        print(f"{'pair':52} {'VMAF':>9} {'ffmpeg':>9} {'PSNR':>8} {'ffmpeg':>8}")
        apart = [0.0, 0.0]
        found = codings()
        for coding in found:
            reference = references[coding.reference]
            distorted = code(reference, coding, folder)
            told = truth(reference, distorted, coding, folder)
            summary = v100.quality(reference, distorted, metrics=("psnr", "vmaf")).summary()
            ours = summary["vmaf"].mean, summary["psnr"].mean
            apart = [max(most, abs(a - b)) for most, a, b in zip(apart, ours, told, strict=True)]
            print(
                f"{coding.name:52} {ours[0]:9.3f} {told[0]:9.3f} {ours[1]:8.3f} {told[1]:8.3f}",
                flush=True,
            )
            distorted.unlink()
    print(f"{len(found)} pairs; largest difference: VMAF {apart[0]:.4f}, PSNR {apart[1]:.4f} dB")
    return max(apart) > WITHIN


if __name__ == "__main__":
    sys.exit(main())
