"""Speech that was made up: segments as recognition gives them."""

from v100_ai.highlights.model import Segment

DULL = (
    "the committee of the department reviewed the procedures of the administration in the region",
    "the implementation of the framework was documented in the appendix of the report",
    "the distribution of the measurements is consistent with the specification of the instrument",
)
LIVELY = (
    "so i said you know my mom is crazy",
    "and my cat goes why would you do that",
    "nobody ever tells you that",
    "i love this stupid joke",
)


def segments(
    lines, *, seconds: float = 4.0, start: float = 0.0, speaker: str = "A"
) -> list[Segment]:
    """Lines one behind the other."""
    return [
        Segment(
            id=f"s{at}",
            participant=speaker,
            start=start + at * seconds,
            end=start + (at + 1) * seconds,
            text=text,
        )
        for at, text in enumerate(lines)
    ]
