"""What real streams have: the constants of rust/core/src/forensics and the limits of python/v100_ai/deepfake.

    python benches/deepfake_fit.py FOLDER_OF_REAL_CLIPS

Prints each statistic's median over the clips, its deviation over them and the median deviation within one (`FLOORS`),
and of each signal the median, the deviation, and what one clip in ten and in twenty reaches. Encode the clips as they
come in calls first: VP8 in real time at 360p and 600 kb/s for the figures that stand there.
"""

import sys
from pathlib import Path

import numpy as np

from v100_ai import analyze
from v100_ai.errors import V100Error

LEAST = 20
LOW = ("replay_loop",)


def spread(values: np.ndarray) -> np.ndarray:
    return 1.4826 * np.median(np.abs(values - np.median(values, 0)), 0)


def measured(path: Path) -> tuple[np.ndarray, dict[str, list[float]]]:
    """Every good picture's statistics, and every signal's values."""
    statistics, signals = [], dict[str, list[float]]()
    for reading in analyze(path, ("deepfake",)):
        found = reading.forensics
        if found.statistics is not None:
            statistics.append(found.statistics)
        for name, signal in found.signals.items():
            if signal.value is not None:
                signals.setdefault(name, []).append(signal.value)
    return np.array(statistics), signals


def main(folder: Path) -> None:
    medians, within, worst, middles = [], [], dict[str, list[float]](), dict[str, list[float]]()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        try:
            statistics, signals = measured(path)
        except V100Error as refused:
            print(f"left out: {path.name}: {refused}", file=sys.stderr)
            continue
        if len(statistics) >= LEAST:
            medians.append(np.median(statistics, 0))
            within.append(spread(statistics))
        for name, values in signals.items():
            middles.setdefault(name, []).append(float(np.median(values)))
            worst.setdefault(name, []).append(min(values) if name in LOW else max(values))
    over = np.array(medians)
    print(f"{len(over)} clips with a face")
    rows = zip(np.median(over, 0), spread(over), np.median(within, 0), strict=True)
    for place, (median, deviation, inner) in enumerate(rows):
        print(f"{place:2d}  median {median:8.3f}  deviation {deviation:7.3f}  within {inner:7.4f}")
    for name, values in middles.items():
        reached = np.quantile(worst[name], (0.1, 0.05) if name in LOW else (0.9, 0.95))
        print(
            f"{name:22s} median {np.median(values):8.4f}  deviation {spread(np.array(values)):8.4f}  "
            f"one in ten {reached[0]:8.4f}  in twenty {reached[1]:8.4f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
