"""Ids: what kind of thing it is, then a UUIDv7 (RFC 9562), so that ids sort by when they were made."""

import re
import secrets
from typing import Final, Literal

Prefix = Literal["mtg", "str", "evt", "whk", "dlv", "key", "tkt"]

DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
"""Base 32 with digits in the order of their values (RFC 4648, section 7), so that text sorts as numbers do."""

LENGTH: Final = 26
"""Digits of 128 bits."""

PATTERN: Final = re.compile(rf"[a-z]{{3}}_[{DIGITS}]{{{LENGTH}}}")


def new(prefix: Prefix, *, at: float) -> str:
    """An id made at `at`, in seconds since 1970."""
    bits = (round(at * 1000) & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64
    bits |= 2 << 62 | secrets.randbits(62)
    return _written(prefix, bits)


def earliest(prefix: Prefix, *, at: float) -> str:
    """The id before which no id of that kind made at `at` or later sorts."""
    bits = (max(0, round(at * 1000)) & (1 << 48) - 1) << 80
    return _written(prefix, bits)


def moment(text: str) -> float:
    """When an id was made, in seconds since 1970. Raises `ValueError` for what is no id."""
    if PATTERN.fullmatch(text) is None:
        raise ValueError(f"expected an id, found {text[:40]!r}")
    bits = 0
    for digit in text.partition("_")[2]:
        bits = bits << 5 | DIGITS.index(digit)
    return (bits >> 80) / 1000


def _written(prefix: Prefix, bits: int) -> str:
    digits = (DIGITS[bits >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
    return f"{prefix}_{''.join(digits)}"


def known(text: str, prefix: Prefix) -> bool:
    """Whether the text is an id of that kind."""
    return text.startswith(prefix + "_") and PATTERN.fullmatch(text) is not None
