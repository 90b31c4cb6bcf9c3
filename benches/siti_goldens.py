"""The numbers in rust/core/tests/siti.rs, from siti-tools on clips made by a formula.

pip install siti-tools==0.6.0
python benches/siti_goldens.py
"""

import numpy as np
import siti_tools.siti as reference
from siti_tools.siti import ColorRange, EotfFunction, HdrMode, SiTiCalculator

FRAMES = 3
SMALL, LARGE = (67, 35), (641, 361)
FULL, LIMITED = ColorRange.FULL, ColorRange.LIMITED
CASES = {
    "legacy full 8, large": (8, FULL, {"legacy": True}),
    "legacy full 8": (8, FULL, {"legacy": True}),
    "legacy limited 8": (8, LIMITED, {"legacy": True}),
    "legacy full 10": (10, FULL, {"legacy": True}),
    "sdr limited 8": (8, LIMITED, {}),
    "sdr full 8": (8, FULL, {}),
    "sdr limited 10": (10, LIMITED, {}),
    "srgb full 8": (8, FULL, {"eotf_function": EotfFunction.INV_SRGB}),
    "pq full 10": (10, FULL, {"hdr_mode": HdrMode.HDR10}),
    "hlg full 10": (10, FULL, {"hdr_mode": HdrMode.HLG}),
    "hlg limited 12, 4000 cd/m2": (12, LIMITED, {"hdr_mode": HdrMode.HLG, "l_max": 4000.0}),
}


def clip(size: tuple[int, int], depth: int, color_range: ColorRange) -> list[np.ndarray]:
    """A parabola that folds over at white, and moves."""
    step = 1 << (depth - 8)
    black, codes = (16 * step, 219 * step) if color_range == LIMITED else (0, 256 * step)
    y, x = np.mgrid[: size[1], : size[0]]
    return [
        black + (x * x * (t + 3) + 7 * x * y + 5 * y * y + 31 * t) % codes for t in range(FRAMES)
    ]


def main() -> None:
    for name, (depth, color_range, options) in CASES.items():
        frames = clip(LARGE if "large" in name else SMALL, depth, color_range)
        reference.read_container = lambda _, frames=frames: iter(frames)
        calculator = SiTiCalculator(bit_depth=depth, color_range=color_range, **options)
        si, ti, _ = calculator.calculate("")
        print(f"// {name}\n[{', '.join(map(repr, map(float, si)))}],")
        print(f"[{', '.join(map(repr, map(float, ti)))}],")


if __name__ == "__main__":
    main()
