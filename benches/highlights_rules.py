"""CPU of the offline engine per hour of meeting, over recorded transcripts.

python benches/highlights_rules.py TRANSCRIPT...
"""

import sys
import time
from pathlib import Path
from typing import Any

from v100_ai.highlights.meeting import Meeting
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.transcript import read


class Nowhere:
    def append(self, record: dict[str, Any]) -> None:
        pass


def main() -> None:
    seconds = spent = 0.0
    worst = 0.0
    count = 0
    for name in sys.argv[1:]:
        segments = read(Path(name))
        meeting = Meeting(rules=Rules(), judged=False, log=Nowhere())
        now = 0.0
        for segment in segments:
            now = max(now, segment.end)
            begun = time.process_time()
            meeting.hear(segment, now)
            took = time.process_time() - begun
            spent, worst, count = spent + took, max(worst, took), count + 1
        seconds += segments[-1].end - segments[0].start
    print(
        f"{spent / seconds * 3600:.3f} s CPU per meeting-hour, {spent / count * 1e6:.0f} us a segment, "
        f"worst {worst * 1e3:.1f} ms ({count} segments, {seconds / 3600:.1f} h)"
    )


main()
