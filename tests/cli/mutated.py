"""A process of its own that measures mutated files: `input|reference|summary` a line in, what became of it out.

FFmpeg may crash here, and nothing else does.
"""

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import av

from v100_ai.cli import main


def readable(path: str) -> int:
    """The pictures that FFmpeg's decoder gives, in one thread."""
    count = 0
    with contextlib.suppress(Exception), av.open(path, timeout=5.0) as media:
        stream = media.streams.video[0]
        stream.thread_type = "SLICE"
        for packet in media.demux(stream):
            with contextlib.suppress(av.FFmpegError):
                count += len(packet.decode())
    return count


def run(arguments: list[str], summary: Path) -> dict[str, Any]:
    """One command: its exit status, its frames, and what was told."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = main([*arguments, "--layers", "motion", "--summary", str(summary)])
    found = json.loads(summary.read_text()) if summary.exists() else {}
    summary.unlink(missing_ok=True)
    told = [*found.get("warnings", []), found.get("lost")]
    return {
        "status": status,
        "frames": found.get("frames", 0),
        "told": any(told) or not found,
        "said": said.getvalue(),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        path, reference, out = line.rstrip("\n").split("|")
        alone = ["analyze", path]
        compared = [*alone, "--reference", reference, "--scale-to", "reference"]
        became = [run(each, Path(out)) for each in (alone, compared)]
        sys.stdout.write(json.dumps([readable(path), became]) + "\n")
        sys.stdout.flush()
