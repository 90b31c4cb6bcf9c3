"""A drawn head, for tests: nobody's portrait."""

import numpy as np
from numpy.typing import NDArray


def head(
    x: float, y: float, size: float, *, shape: tuple[int, int] = (240, 320), seed: int = 0
) -> NDArray[np.uint8]:
    """Luma of a head whose middle is at (x, y) before a wall, with a little grain."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float64)
    u, v = (columns - x) / size, (rows - y) / size
    out = 90 + 20 * np.sin(columns / 37) + 15 * np.cos(rows / 23)

    def paint(
        value: object, at: tuple[float, float, float, float], soft: float, share: float = 1.0
    ) -> None:
        nonlocal out
        away = np.hypot((u - at[0]) / at[2], (v - at[1]) / at[3]) - 1
        mask = share / (1 + np.exp(np.clip(away / soft, -40, 40)))
        out = out + mask * (value - out)

    paint(45, (0, -0.12, 0.50, 0.62), 0.04)
    paint(70, (0, 1.25, 0.95, 0.65), 0.04)
    paint(170 - 52 * np.abs(u) - 18 * v, (0, 0.03, 0.40, 0.54), 0.05)
    for side in (-1, 1):
        paint(70, (side * 0.18, -0.17, 0.11, 0.025), 0.3, 0.9)
        paint(60, (side * 0.17, -0.08, 0.095, 0.05), 0.3)
        paint(25, (side * 0.17, -0.07, 0.03, 0.03), 0.3)
    paint(200, (0, 0.08, 0.05, 0.17), 0.3, 0.5)
    paint(105, (0, 0.17, 0.09, 0.025), 0.4, 0.8)
    paint(85, (0, 0.31, 0.15, 0.035), 0.3, 0.9)
    grain = np.random.default_rng(seed).integers(0, 4, shape)
    drawn: NDArray[np.uint8] = np.clip(out + grain, 0, 255).astype(np.uint8)
    return drawn
