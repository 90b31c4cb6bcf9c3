"""Where captions stand: a block within what the players of platforms leave free, and how large their letters are. Pure."""

from dataclasses import dataclass
from typing import Final

UPRIGHT: Final = 0.8
"""Width to height up to which a clip counts as upright."""

WIDE: Final = 1.25
"""Width to height from which it counts as wide."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle in pixels of the output, at even places, and the size of the letters in it."""

    left: int
    top: int
    right: int
    bottom: int
    size: int


_UPRIGHT: Final = (90 / 1080, 1150 / 1920, 880 / 1080, 1440 / 1920, 72 / 1080)
"""Of 1080x1920: free of the players' own signs in the worst of TikTok, Reels and Shorts (250 px at the top, 450 at the
bottom, 180 right, 60 left). The last is the letters' size as a share of the width."""

_UPRIGHT_HIGH: Final = (90 / 1080, 270 / 1920, 880 / 1080, 560 / 1920, 72 / 1080)
"""Where a face lies in the other."""

_SQUARE: Final = (0.06, 0.72, 0.94, 0.94, 0.06)
_SQUARE_HIGH: Final = (0.06, 0.05, 0.94, 0.27, 0.06)
_WIDE: Final = (0.10, 0.78, 0.90, 0.95, 0.033)
_WIDE_HIGH: Final = (0.10, 0.05, 0.90, 0.22, 0.033)


def blocks(width: int, height: int) -> tuple[Block, Block]:
    """The block of an output of that size, and the one that is taken where a face lies in it."""
    aspect = width / height
    shares = (
        (_UPRIGHT, _UPRIGHT_HIGH)
        if aspect <= UPRIGHT
        else (_SQUARE, _SQUARE_HIGH)
        if aspect < WIDE
        else (_WIDE, _WIDE_HIGH)
    )
    low, high = (_block(each, width, height) for each in shares)
    return low, high


def _block(shares: tuple[float, ...], width: int, height: int) -> Block:
    left, top, right, bottom, size = shares
    return Block(
        _even(left * width),
        _even(top * height),
        _even(right * width),
        _even(bottom * height),
        max(8, round(size * width)),
    )


def _even(value: float) -> int:
    return 2 * round(value / 2)


def overlaps(
    block: Block, face: tuple[float, float, float, float], width: int, height: int
) -> bool:
    """Whether a face, as shares of the output, lies in a block."""
    x, y, wide, high = face
    return (
        x * width < block.right
        and (x + wide) * width > block.left
        and y * height < block.bottom
        and (y + high) * height > block.top
    )
