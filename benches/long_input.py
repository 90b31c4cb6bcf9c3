"""What a long input costs in memory: 150,000 frames with a cut every 15, through the command, with a report.

    python benches/long_input.py [--frames 150000]

Needs Debian's ffmpeg, or the path of another in FFMPEG. Printed are the rows written, the process's memory as it goes,
and how much it grew after its first tenth.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FFMPEG = [os.environ.get("FFMPEG", "ffmpeg"), "-v", "error", "-nostdin", "-y"]
CUTS = "geq=lum='mod(floor(N/15)*97\\,200)+mod(X*7+Y*3+N\\,40)':cb=128:cr=128"


def resident(pid: int) -> float:
    """MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def rows(path: Path, before: tuple[int, int]) -> tuple[int, int]:
    """Lines of the file so far, and how far they were counted."""
    count, at = before
    if path.exists():
        with path.open("rb") as file:
            file.seek(at)
            while piece := file.read(1 << 20):
                count, at = count + piece.count(b"\n"), at + len(piece)
    return count, at


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--frames", type=int, default=150_000)
    frames = words.parse_args().frames
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        clip, out = folder / "long.mkv", folder / "rows.jsonl"
        subprocess.run(
            [
                *FFMPEG, "-f", "lavfi", "-i", "color=size=64x48:rate=25", "-vf", CUTS, "-frames:v", str(frames),
                "-c:v", "mpeg4", "-q:v", "6", str(clip),
            ],
            check=True,
        )  # fmt: skip
        command = [
            sys.executable, "-m", "v100_ai.cli", "analyze", str(clip),
            "--json", str(out), "--html", str(folder / "report.html"),
        ]  # fmt: skip
        began, counted, seen, told = time.monotonic(), (0, 0), list[tuple[int, float]](), 0
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        print(f"{'rows':>8} {'MiB':>7}")
        while process.poll() is None:
            counted = rows(out, counted)
            try:
                seen.append((counted[0], resident(process.pid)))
            except (OSError, IndexError):
                break
            if counted[0] >= told:
                print(f"{counted[0]:8} {seen[-1][1]:7.1f}", flush=True)
                told = counted[0] + frames // 15
            time.sleep(0.5)
        status = process.wait()
        written = rows(out, (0, 0))[0]
        took = time.monotonic() - began
        page = (folder / "report.html").stat().st_size
    running = [memory for count, memory in seen if frames // 10 <= count < written]
    print(
        f"exit status {status}; {written} of {frames} rows in {took:.0f} s; the report has {page / 2**20:.1f} MiB;"
        f" memory after the first tenth: {running[0]:.1f} to {max(running):.1f} MiB"
    )


if __name__ == "__main__":
    main()
