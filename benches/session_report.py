"""What the report of an eight-hour stream costs: seconds to collect and to write, and memory.

python benches/session_report.py [hours]
"""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from v100_ai.clock import process_time
from v100_ai.measures import READINGS
from v100_ai.report import session_page
from v100_ai.report.session import collect

FPS = 30
HOURS = 8.0
STARTED = {"name": "Long", "kind": "stream", "layers": []}
MEASURED = [name for name in READINGS if name not in ("width", "height", "viral_score")]
SUMMED = {"min": 0.5, "mean": 0.6, "max": 0.8}
VALUES = [0.5 + 0.01 * index for index in range(FPS)]


def log(hours: float, rate: str) -> Iterator[dict[str, Any]]:
    """The events of so many hours, as they would be read."""
    frame = {"time": "2026-01-01T00:00:00Z", "epoch": 1}
    yield {**frame, "type": "session.started", "data": STARTED}
    for second in range(round(3600 * hours)):
        first = second * FPS
        times = [second + index / FPS for index in range(FPS)]
        data: dict[str, Any] = {"frame": first + FPS - 1, "frames": FPS}
        data |= {"from_pts": times[0], "to_pts": times[-1]}
        if rate == "frame":
            columns = dict.fromkeys(MEASURED, VALUES)
            data["columns"] = {"frame": list(range(first, first + FPS)), "pts": times, **columns}
        else:
            data |= dict.fromkeys(MEASURED, SUMMED)
        yield {**frame, "type": "frame.analysis", "data": data}


def main() -> None:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else HOURS
    for rate in ("second", "frame"):
        start = process_time()
        report = collect(log(hours, rate))
        collected = process_time()
        page = session_page.html(report, "0")
        document = json.dumps(session_page.document(report), allow_nan=False)
        written = process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{hours:g} h by the {rate}: collected in {collected - start:.1f} s, written in"
            f" {written - collected:.2f} s, page {len(page) / 1e6:.1f} MB,"
            f" document {len(document) / 1e6:.1f} MB, process {peak:.0f} MB at most"
        )


if __name__ == "__main__":
    main()
