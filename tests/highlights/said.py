"""Segments for tests."""

from v100_ai.highlights.model import Segment


def say(*lines: tuple[str, str], start: float = 0.0, seconds: float = 2.0) -> list[Segment]:
    """One segment a line, (speaker, text), back to back."""
    return [
        Segment(
            id=f"s{number}",
            participant=speaker,
            start=start + number * seconds,
            end=start + (number + 1) * seconds,
            text=text,
        )
        for number, (speaker, text) in enumerate(lines)
    ]
