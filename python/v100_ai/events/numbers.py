"""Numbers that JSON does not have: an infinite one is written as a text, and one that is none is not known."""

from collections.abc import Mapping
from math import inf, isfinite, isnan
from typing import Any, Final

INFINITE: Final[Mapping[str, float]] = {"inf": inf, "-inf": -inf}
"""What stands for each of them."""


def plain(value: Any) -> Any:
    """The value as JSON has it; what is no float stays as it is."""
    if not isinstance(value, float) or isfinite(value):
        return value
    return None if isnan(value) else str(value)


def number(value: Any) -> Any:
    """The value that `plain` wrote."""
    return INFINITE.get(value, value) if isinstance(value, str) else value
