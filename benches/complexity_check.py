"""How well `scene_complexity`, as it is shipped, predicts the bits that x264 spends.

    pip install imageio-ffmpeg numpy
    python benches/complexity_check.py FOLDER... [--height 360] [--most 4]

Every video below the folders is cut into segments of two seconds as benches/complexity_fit.py does;
the mean of the readings of each is held against the logarithm of its bits per sample.
"""

import argparse
from pathlib import Path

import numpy as np
from complexity_fit import ENCODERS, VIDEOS, segments

import v100_ai as v100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--most", type=int, default=4, help="segments a clip")
    options = parser.parse_args()
    clips = sorted(p for each in options.folders for p in each.rglob("*") if p.suffix in VIDEOS)
    found, bits = list[float](), dict[str, list[float]]({name: [] for name in ENCODERS})
    for clip in clips:
        for segment in segments(clip, options.height, "", options.most):
            analyzer = v100.FrameAnalyzer(["complexity"])
            readings = [
                analyzer.push(luma, count / 24).scene_complexity
                for count, luma in enumerate(segment.luma)
            ]
            found.append(float(np.mean([each for each in readings if each is not None])))
            for name, encoder in ENCODERS.items():
                bits[name].append(float(np.log(segment.bits_per_sample(*encoder))))
    print(
        f"{len(clips)} clips, {len(found)} segments, complexity {min(found):.2f} to {max(found):.2f}"
    )
    for name, spent in bits.items():
        print(f"x264 {name:12} Pearson r {np.corrcoef(found, spent)[0, 1]:.3f}")


if __name__ == "__main__":
    main()
