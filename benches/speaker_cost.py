"""What one audio level costs from Python: the call, the lock, and the work in Rust.

    python benches/speaker_cost.py

The work alone is what `cargo bench -p v100-core --bench speaker_cost` measures; the difference is
the price of a call per level from Python.
"""

import statistics
import time

import v100_ai as v100

SECONDS = 40


def cost(participants: int) -> list[float]:
    """Nanoseconds per level, of each second of 50 levels per participant."""
    speaker = v100.ActiveSpeaker()
    names = [f"participant-{i}" for i in range(participants)]
    found = []
    for second in range(SECONDS):
        start = time.perf_counter_ns()
        for frame in range(50):
            at = second + frame * 0.02
            for i, name in enumerate(names):
                talks = (i + second) % 4 == 0
                speaker.push(name, at=at, level=-40.0 + 2.0 * (frame % 12) if talks else -70.0)
            speaker.poll(at=at)
        found.append((time.perf_counter_ns() - start) / (50 * participants))
    return found


print("participants  median ns per level  best ns per level")
for participants in (4, 16, 100):
    costs = cost(participants)
    print(f"{participants:12}  {statistics.median(costs):19.1f}  {min(costs):17.1f}")
