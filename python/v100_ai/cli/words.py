"""Words of the command line, as values."""

import argparse

from v100_ai.analyzers import LAYERS, THREADS_MOST


def layers(text: str) -> list[str]:
    """Names of layers, with commas between."""
    found = [each.strip() for each in text.split(",") if each.strip()]
    unknown = [each for each in found if each not in LAYERS]
    if unknown or not found:
        given = ", ".join(unknown) or "none"
        raise argparse.ArgumentTypeError(f"expected layers of {', '.join(LAYERS)}, found {given}")
    return found


def threads(text: str) -> int:
    """How many threads."""
    if not text.isdecimal() or not 1 <= int(text) <= THREADS_MOST:
        raise argparse.ArgumentTypeError(f"expected 1 to {THREADS_MOST} threads, found {text}")
    return int(text)


def count(text: str) -> int:
    """How many frames."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number of frames from 1, found {text}")
    return int(text)


def number(text: str) -> int:
    """Which one, from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, found {text}")
    return int(text)


def seconds(text: str) -> float:
    """A time: seconds, or hours, minutes and seconds with colons."""
    try:
        parts: list[float] = [float(each) for each in text.split(":")]
    except ValueError:
        parts = []
    found = sum(part * 60.0**at for at, part in enumerate(reversed(parts)))
    if not 1 <= len(parts) <= 3 or min(parts) < 0 or not found < float("inf"):  # noqa: PLR2004 - h, m, s
        raise argparse.ArgumentTypeError(f"expected seconds or [HH:]MM:SS, found {text}")
    return found


def rate(text: str) -> float:
    """Frames a second, also as a fraction."""
    above, _, below = text.partition("/")
    try:
        found = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(
            f"expected a rate above 0 such as 25 or 30000/1001, found {text}"
        )
    return found


def size(text: str) -> tuple[int, int]:
    """Width and height."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, found {text}")
    return int(width), int(height)


def option(text: str) -> tuple[str, str]:
    """A name and its value. The value may be a secret: no error repeats it."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("expected KEY=VALUE, found no KEY before a '='")
    return name, value
