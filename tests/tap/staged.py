"""Pictures to offer, and the end of their analysis."""

import numpy as np

from v100_ai.tap import Tap


def noise(width: int = 160, height: int = 96, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


def settle(tap: Tap) -> None:
    """Until all that was offered is measured: the thread needs nothing from this one."""
    while tap.stats.waiting:
        pass
