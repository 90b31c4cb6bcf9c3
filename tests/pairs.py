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
    banded: bool = False

    @property
    def bits(self) -> int:
        return int(self.pixels[7:9]) if self.pixels.endswith("le") else 8

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height} {self.pixels}" + (" banded" if self.banded else "")

    def pair(self, frame: int) -> tuple[Picture, Picture]:
        """Planes of reference and distorted: slopes, checks and noise; coarse, its right half stronger.

        Those of a banded clip are soft and dithered, with patches of colour; bare bands, and paler.
        """
        halved = {"420": (2, 2), "422": (2, 1), "444": (1, 1)}[self.pixels[3:6]]
        sizes = [
            (self.width, self.height),
            *2 * [(-(-self.width // halved[0]), -(-self.height // halved[1]))],
        ]
        kind = (soft_plane, pale_plane, pale_plane) if self.banded else 3 * (plane,)
        both = [kind[at](*size, self.bits, frame + 5 * at) for at, size in enumerate(sizes)]
        return tuple(each[0] for each in both), tuple(each[1] for each in both)


CLIPS = [
    Clip("yuv420p", 192, 180, 3),
    Clip("yuv420p", 97, 67, 3),
    Clip("yuv422p", 120, 66, 2),
    Clip("yuv444p", 68, 90, 2),
    Clip("yuv420p10le", 181, 179, 3),
    Clip("yuv420p12le", 98, 64, 2),
]

BANDED = [
    Clip("yuv420p", 352, 336, 5, banded=True),
    Clip("yuv420p", 337, 353, 2, banded=True),
    Clip("yuv422p", 344, 328, 2, banded=True),
    Clip("yuv444p", 331, 322, 4, banded=True),
    Clip("yuv420p10le", 342, 360, 3, banded=True),
    Clip("yuv444p12le", 322, 324, 2, banded=True),
    Clip("yuv420p", 1920, 1080, 3, banded=True),
    Clip("yuv420p", 216, 160, 1, banded=True),
]
"""Large enough for VMAF v1: an edge of 216, and of 80 for colour; regular colour takes more."""


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


def soft_plane(width: int, height: int, bits: int, frame: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Luma that rises slowly, dithered, with patches of noise; and its bands, the noise coarse."""
    y, x = np.mgrid[:height, :width].astype(np.uint32)
    extra, kind = bits - 8, np.uint8 if bits == 8 else np.uint16
    rise = ((x * 11 + y * 7 + frame * 300) & 32767) << extra
    level = (24 << extra) + (np.minimum(rise, (32767 << extra) - rise) >> 7)
    grain = _noise(x, y, frame)
    rough = _noise(x >> 6, y >> 6, 1) % 3 == 0
    reference = level + np.where(rough, (grain & 31) << extra, grain & 1)
    distorted = level + np.where(rough, (grain & 24) << extra, 0)
    return reference.astype(kind), distorted.astype(kind)


def pale_plane(width: int, height: int, bits: int, frame: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Colour in patches, and paler."""
    y, x = np.mgrid[:height, :width].astype(np.uint32)
    extra, kind = bits - 8, np.uint8 if bits == 8 else np.uint16
    patches = _noise((x + 3 * frame) >> 4, y >> 4, frame // 5) & 63
    reference = (96 + patches + (_noise(x, y, frame) & 7)) << extra
    distorted = (100 + (patches * 3 >> 2) + (_noise(y, x, frame) & 3)) << extra
    return reference.astype(kind), distorted.astype(kind)


def _noise(x: NDArray[Any], y: NDArray[Any], frame: int) -> NDArray[Any]:
    noise: NDArray[Any] = (
        x * np.uint32(374761393) + y * np.uint32(668265263) + np.uint32(frame * 40503)
    )
    noise = (noise ^ (noise >> 13)) * np.uint32(1274126177)
    mixed: NDArray[Any] = noise ^ (noise >> 16)
    return mixed


def goldens() -> dict[str, list[dict[str, float]]]:
    """What libvmaf and ffmpeg's filters say of each frame, by clip."""
    found: dict[str, list[dict[str, float]]] = json.loads(GOLDENS.read_text())["clips"]
    return found
