"""Freezes and blacks beside ffmpeg's freezedetect and blackdetect.

    python benches/faults_beside_ffmpeg.py [CLIP ...]

Needs Debian's ffmpeg, or the path of another in FFMPEG. A fractal with the noise of a camera is coded eight ways and has
one thing wrong in each of three ways: a picture that is repeated, frames that are missing, and black. Printed is
where it lies, where ffmpeg finds it at its defaults and at n=0.003, and where `v100 analyze` does; then what both find in
the CLIPs given. A row fails where ffmpeg finds at its defaults what is not found here, or edges lie further apart than
0.2 s, or where a fault reaches beyond what is there by construction. Some coders renew a held picture so
coarsely (MPEG-2's key frames, VP9 in real time) that ffmpeg finds none of it either.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import v100_ai as v100
from v100_ai.analysis import signs
from v100_ai.faults import Fault, Finder
from v100_ai.sources import open_media

FFMPEG = [os.environ.get("FFMPEG", "ffmpeg"), "-nostdin", "-y", "-hide_banner", "-threads", "1"]
FRACTAL = "mandelbrot=size=900x500:rate=25:start_scale=1.5:end_scale=1.4999"
SCENE = "crop=320:180:2*n:n,noise=alls=5:allf=t:all_seed=1"
CODINGS = {
    "H.264": ("mp4", "-pix_fmt yuv420p -c:v libx264 -preset veryfast"),
    "H.264 full range": ("mkv", "-pix_fmt yuvj420p -c:v libx264"),
    "H.265 10 bit": ("mp4", "-pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -x265-params log-level=none"),
    "MPEG-2": ("ts", "-pix_fmt yuv420p -c:v mpeg2video -b:v 3M"),
    "MPEG-4": ("avi", "-pix_fmt yuv420p -c:v mpeg4 -q:v 4"),
    "VP8": ("webm", "-pix_fmt yuv420p -c:v libvpx -b:v 2M -deadline realtime -cpu-used 8"),
    "VP9": ("webm", "-pix_fmt yuv420p -c:v libvpx-vp9 -b:v 2M -deadline realtime -cpu-used 8"),
    "ProRes": ("mov", "-pix_fmt yuv422p10le -c:v prores"),
}  # fmt: skip
KINDS = {
    # Filters behind the scene of eight seconds, the fault, and where it is.
    "repeated": (
        "trim=end_frame=137,loop=loop=63:size=1:start=124,settb=1/25,setpts=N",
        "frozen",
        (4.96, 7.52),
    ),
    "missing": ("select=lt(n\\,125)+gte(n\\,188)", "frozen", (4.96, 7.52)),
    "black": ("drawbox=color=black:t=fill:enable=between(n\\,125\\,187)", "black", (5.0, 7.52)),
}
WITHIN = 0.2

Span = tuple[float, float]


def made(coding: str, kind: str, folder: Path) -> Path:
    suffix, words = CODINGS[coding]
    path = folder / f"clip.{suffix}"
    subprocess.run(
        [
            *FFMPEG, "-v", "error", "-f", "lavfi", "-i", FRACTAL, "-frames:v", "200",
            "-vf", f"{SCENE},{KINDS[kind][0]}", "-fps_mode", "passthrough", *words.split(), str(path),
        ],
        check=True,
    )  # fmt: skip
    return path


def theirs(path: Path, detect: str, kind: str) -> list[Span]:
    done = subprocess.run(
        [
            *FFMPEG,
            "-i",
            str(path),
            "-an",
            "-vf",
            detect,
            "-fps_mode",
            "passthrough",
            "-f",
            "null",
            "-",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    name = "freeze" if kind == "frozen" else "black"
    starts, ends = (
        [float(each) for each in re.findall(rf"{name}_{edge}: ?([\d.]+)", done.stderr)]
        for edge in ("start", "end")
    )
    return list(zip(starts, [*ends, float("inf")], strict=False))


def ours(path: Path) -> list[Fault]:
    finder, found = Finder(), list[object]()
    analyzer = v100.FrameAnalyzer(("motion", "visual"))
    began = 0.0
    with open_media(path) as media:
        for number, frame in enumerate(media.frames()):
            # As ffmpeg tells times: from the beginning.
            began = began if number else frame.pts
            found += finder.push(number, frame.pts - began, signs(analyzer.push(frame)), frame.gap)
    found += finder.flush()
    return [each for each in found if isinstance(each, Fault)]


def told(spans: list[Span]) -> str:
    return " ".join(f"{start:.2f}-{end:.2f}" for start, end in spans) or "-"


def near(one: Span, other: Span) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= WITHIN


def inside(one: Span, whole: Span) -> bool:
    return whole[0] - WITHIN <= one[0] and one[1] <= whole[1] + WITHIN


def missed(wanted: list[Span], found: list[Span]) -> int:
    return sum(not any(near(each, other) for other in found) for each in wanted)


def table(folder: Path) -> int:
    print(f"{'coding':18}{'kind':10}{'is at':>12}{'ffmpeg':>14}{'n=0.003':>14}{'found':>14}")
    wrong = 0
    for coding in CODINGS:
        for kind, (_, fault, place) in KINDS.items():
            path = made(coding, kind, folder)
            if fault == "frozen":
                detects = "freezedetect", "freezedetect=n=0.003"
            else:
                detects = "blackdetect", "blackdetect"
            default, loose = (theirs(path, each, fault) for each in detects)
            faults = ours(path)
            found = [(each.start, each.end) for each in faults if each.kind == fault]
            off = bool(missed(default, found)) or any(not inside(each, place) for each in found)
            off |= len(faults) > len(found)
            wrong += off
            columns = ((place,), default, loose, found)
            row = "".join(f"{told(list(each)):>14}" for each in columns)
            more = " ".join(
                f"{each.kind} {each.start:.2f}" for each in faults if each.kind != fault
            )
            print(f"{coding:18}{kind:8}{row}{'  WRONG' * off} {more}", flush=True)
    print(f"{len(CODINGS) * len(KINDS)} clips, {wrong} wrong\n")
    return wrong


def clips(paths: list[str]) -> int:
    wrong = 0
    for path in map(Path, paths):
        faults = ours(path)
        for kind, detect in (("frozen", "freezedetect"), ("black", "blackdetect")):
            wanted = theirs(path, detect, kind)
            found = [(each.start, each.end) for each in faults if each.kind == kind]
            wrong += missed(wanted, found)
            print(f"{path.name:34}{kind:8} ffmpeg {told(wanted)}   found {told(found)}", flush=True)
    return wrong


def main() -> int:
    with tempfile.TemporaryDirectory() as at:
        wrong = table(Path(at))
    return bool(wrong + clips(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
