"""Pictures made by formula, and what independent tools say of them: `golden/quality.json`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GOLDENS = Path(__file__).parent / "golden" / "quality.json"

Picture = tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Clip:
    """A few frames of one shape."""

    pixels: str
    width: int
    height: int
    frames: int

    @property
    def bits(self) -> int:
        return int(self.pixels[7:9]) if self.pixels.endswith("le") else 8

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height} {self.pixels}"

    def pair(self, frame: int) -> tuple[Picture, Picture]:
        """Planes of reference and distorted: slopes, checks and noise; coarse, its right half stronger."""
        halved = {"420": (2, 2), "422": (2, 1), "444": (1, 1)}[self.pixels[3:6]]
        sizes = [
            (self.width, self.height),
            *2 * [(-(-self.width // halved[0]), -(-self.height // halved[1]))],
        ]
        both = [plane(*size, self.bits, frame + 5 * at) for at, size in enumerate(sizes)]
        return tuple(each[0] for each in both), tuple(each[1] for each in both)


CLIPS = [
    Clip("yuv420p", 192, 180, 3),
    Clip("yuv420p", 97, 67, 3),
    Clip("yuv422p", 120, 66, 2),
    Clip("yuv444p", 68, 90, 2),
    Clip("yuv420p10le", 181, 179, 3),
    Clip("yuv420p12le", 98, 64, 2),
]


def plane(width: int, height: int, bits: int, frame: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """One plane of each."""
    y, x = np.mgrid[:height, :width].astype(np.uint32)
    noise = x * np.uint32(374761393) + y * np.uint32(668265263) + np.uint32(frame * 40503)
    noise = (noise ^ (noise >> 13)) * np.uint32(1274126177)
    noise ^= noise >> 16
    slope = (x * 3 + y * 2 + frame * 7) & 255
    slope = np.minimum(slope, 255 - slope)
    checks = (((x >> 3) ^ (y >> 3)) + frame & 3) * 24
    reference = 32 + slope + checks + (noise & 15)
    coarse = (reference + 6) // 12 * 12
    stronger = np.clip((reference.astype(np.int64) * 5 - 128) // 4, 0, 255)
    distorted = np.where(x < width // 2, coarse, stronger).astype(np.uint32)
    extra, kind = bits - 8, np.uint8 if bits == 8 else np.uint16
    low = (noise >> 8) & ((1 << extra) - 1)
    deep = (reference << extra) | low, (distorted << extra) | (low >> 1)
    return deep[0].astype(kind), deep[1].astype(kind)


def goldens() -> dict[str, list[dict[str, float]]]:
    """What libvmaf and ffmpeg's filters say of each frame, by clip."""
    found: dict[str, list[dict[str, float]]] = json.loads(GOLDENS.read_text())["clips"]
    return found
