"""How long a piece of work takes."""

from collections.abc import Callable

from v100_ai.clock import monotonic


def seconds(work: Callable[[], object]) -> float:
    """Seconds of wall time that one call takes."""
    began = monotonic()
    work()
    return monotonic() - began
