"""Our own time between a segment and its events, and around Claude's answer, with every record on disk.

python benches/highlights_overhead.py TRANSCRIPT...
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from v100_ai.highlights.claude.prompt import request
from v100_ai.highlights.claude.verdict import Evidence, verdict
from v100_ai.highlights.journal import Journal
from v100_ai.highlights.meeting import Meeting
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.transcript import read

# An ordinary answer; what it says of highlights is nothing, what it says of the meeting is kept.
ANSWER = '{"highlights": [], "updates": [], "summary": "They talk about the design."}'


def shown(name: str, seconds: list[float]) -> str:
    ordered = sorted(seconds)
    worst = ordered[int(len(ordered) * 0.99)]
    return f"{name}: p50 {statistics.median(ordered) * 1e3:.2f} ms, p99 {worst * 1e3:.2f} ms ({len(ordered)})"


def main() -> None:
    heard: list[float] = []
    around: list[float] = []
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "journal")) as log:
            meeting = Meeting(rules=Rules(), judged=True, log=log)
            now = 0.0
            for segment in read(Path(name)):
                now = max(now, segment.end)
                begun = time.perf_counter()
                step = meeting.hear(segment, now)
                heard.append(time.perf_counter() - begun)
                for batch in step.batches:
                    begun = time.perf_counter()
                    context = meeting.context(batch)
                    request(batch.segments, context)
                    evidence = Evidence(
                        segments={each.id: each for each in batch.segments},
                        earlier=context.earlier,
                        listed={},
                        roster=meeting.roster,
                        calendar=None,
                    )
                    meeting.settle(batch, verdict(ANSWER, evidence), batch.closed)
                    around.append(time.perf_counter() - begun)
    print(shown("segment -> provisional events", heard))
    print(shown("batch closed -> request, answer -> events", around))


main()
