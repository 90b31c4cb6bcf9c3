"""SI and TI against the ground truths of VQEG's siti-tools.

    pip install imageio-ffmpeg==0.6.0
    python benches/siti_conformance.py DIR

DIR holds its test/ground_truth/*.json, and as many of their clips as there are. Clips of test
patterns are made here, with the FFmpeg 7.0.2 of that package: newer ones bring limited range to
full with other rounding. Whatever clip is in neither place is named.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

import v100_ai as v100

TOLERANCE = 1e-10
"""The truths have 15 digits, of which the last two vary with the version of NumPy."""

COLOURS = "color={}:size=320x240"
PATTERN = "testsrc=size={}"
TILES = "blend=all_expr='if(eq(mod(floor(X/{0}),2),mod(floor(Y/{0}),2)),A,B)'"
STRETCH = "scale=in_range=limited:out_range=full"
KEEP = "scale=in_range=limited:out_range=limited"
TWO = [COLOURS.format("white"), COLOURS.format("black")]
MADE = {
    "black.y4m": ([COLOURS.format("black")], "null", 3),
    "white.y4m": ([COLOURS.format("white")], "null", 3),
    "full-range.y4m": ([PATTERN.format("320x240")], STRETCH, 3),
    "limited-range.y4m": ([PATTERN.format("320x240")], KEEP, 3),
    "checkerboard-1x1.y4m": (TWO, TILES.format(1), 3),
    "checkerboard-8x8.y4m": (TWO, TILES.format(32), 3),
    "checkerboard-8x8-10bpp-limited.y4m": (TWO, TILES.format(32), 3),
    "checkerboard-8x8-10bpp.y4m": (TWO, f"{TILES.format(32)},{STRETCH}", 3),
} | {
    f"test-{name}p.y4m": ([PATTERN.format(size)], STRETCH, 1)
    for name, size in {
        "1080": "1920x1080",
        "720": "1280x720",
        "480": "854x480",
        "360": "640x360",
        "240": "426x240",
    }.items()
}


def make(clip: Path) -> Path:
    """The test pattern of that name."""
    sources, filters, frames = MADE[clip.name]
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    layout = "yuv420p10le" if "10bpp" in clip.name else "yuv420p"
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *inputs),
        *("-filter_complex", filters, "-frames:v", str(frames)),
        *("-pix_fmt", layout, "-strict", "-1", str(clip)),
    ]
    subprocess.run(command, check=True)
    return clip


def lumas(clip: Path) -> Iterator[np.ndarray]:
    with av.open(clip) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            kind = np.uint8 if plane.line_size < 2 * frame.width else np.uint16
            rows = np.frombuffer(plane, kind).reshape(frame.height, -1)
            yield rows[:, : frame.width]


def measure(settings: dict) -> v100.SiTi:
    """What was asked of siti-tools, in our words."""
    transfer = {"sdr": {"bt1886": "bt1886", "inv_srgb": "srgb"}[settings["eotf_function"]]}
    return v100.SiTi(
        mode="legacy" if settings["legacy"] else "p910-2022",
        range=settings["color_range"],
        transfer=transfer.get(
            settings["hdr_mode"], {"hdr10": "pq", "hlg": "hlg"}.get(settings["hdr_mode"])
        ),
        peak=settings["l_max"],
        black=settings["l_min"],
    )


def largest(found: list[float], expected: list[float]) -> float:
    return float(np.abs(np.subtract(found, expected)).max(initial=0.0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    directory = parser.parse_args().directory
    failed = 0
    with tempfile.TemporaryDirectory() as made:
        for path in sorted(directory.glob("*.json")):
            truth = json.loads(path.read_text())
            clip = directory / truth["input_file"]
            if not clip.exists() and clip.name in MADE:
                clip = make(Path(made) / clip.name)
            if not clip.exists():
                print(f"{path.name:40} clip absent")
                continue
            siti = measure(truth["settings"])
            frames = [luma for luma, _ in zip(lumas(clip), truth["si"], strict=False)]
            readings = [siti.push(luma, bits=truth["settings"]["bit_depth"]) for luma in frames]
            si = largest([r.si for r in readings], truth["si"])
            ti = largest([r.ti for r in readings[1:]], truth["ti"])
            failed += max(si, ti) > TOLERANCE
            print(
                f"{path.name:40} {len(readings):3} frames  SI within {si:.1e}  TI within {ti:.1e}"
            )
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
