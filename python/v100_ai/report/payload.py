"""What an event's data holds, by name: of the right kind, of bounded length, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import Any, Final

from v100_ai.records import Json

LONGEST_NAME: Final = 200
"""Characters of a name that are kept."""

LARGEST: Final = 1e15
"""No reading, time or count is beyond it; what is would not add up."""

LONGEST_TEXT: Final = 2000
"""Characters of a text that are kept."""


def value(data: Json, name: str) -> float | None:
    """A number; infinite ones are written as "inf"."""
    return known(data.get(name))


def known(found: object) -> float | None:
    """What was found, if it is a number that may be one of ours."""
    if isinstance(found, str) and found in ("inf", "-inf"):
        return float(found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if -LARGEST <= found <= LARGEST or found in (inf, -inf) else None


def seconds(data: Json, name: str) -> float | None:
    """A finite number."""
    found = value(data, name)
    return found if found is not None and isfinite(found) else None


def finite(found: Sequence[Any]) -> list[float]:
    """The finite numbers of a list."""
    # Nearly always they all are, which is found out at once; NaN does not add up to a number.
    if set(map(type, found)) == {float} and isfinite(sum(found)) and max(map(abs, found)) < LARGEST:
        return list(found)
    numbers = (known(each) for each in found)
    return [each for each in numbers if each is not None and isfinite(each)]


def span(data: Json) -> tuple[float, float] | None:
    """From where to where, in order."""
    start, end = seconds(data, "from_pts"), seconds(data, "to_pts")
    return None if start is None or end is None else (min(start, end), max(start, end))


def text(data: Json, name: str, longest: int = LONGEST_TEXT) -> str | None:
    """A text that UTF-8 can hold, cut where it is too long."""
    return said(data.get(name), longest)


def label(data: Json, name: str) -> str | None:
    """A name, cut where it is too long."""
    return said(data.get(name), LONGEST_NAME)


def said(found: object, longest: int = LONGEST_TEXT) -> str | None:
    """What was found, if it is a text."""
    if not isinstance(found, str):
        return None
    shown = found if len(found) <= longest else f"{found[: longest - 1]}…"
    return shown.encode("utf-8", "replace").decode()


def part(data: Json, name: str) -> Json:
    """An object; empty if there is none."""
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def parts(data: Json, name: str) -> Iterator[Json]:
    """The objects of a list."""
    for each in items(data, name):
        if isinstance(each, Mapping):
            yield each


def items(data: Json, name: str) -> Sequence[Any]:
    """A list; empty if there is none."""
    found = data.get(name)
    return found if isinstance(found, list | tuple) else ()
