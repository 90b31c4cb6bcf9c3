"""Spans: stretches of time in bounded memory, in the order they begin."""

from dataclasses import dataclass, field
from typing import Final

SPANS: Final = 2000
"""Spans a lane keeps at most: more than a wide screen has columns for."""

FINEST_S: Final = 0.25
"""The first pause that is given up where there are too many spans."""


@dataclass(slots=True)
class Spans:
    """Spans in; at most `limit` of them out.

    When they run out, those with the shortest pauses between them are joined: beginnings and ends stay
    true, small pauses go. `seconds` is the sum of all spans as they came.
    """

    limit: int = SPANS
    spans: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    seconds: float = 0.0
    opened: float | None = None
    """When the span that is not over yet began."""
    _grain: float = FINEST_S

    def open(self, at: float) -> None:
        """A span begins; one that has begun goes on."""
        if self.opened is None:
            self.opened = at

    def close(self, at: float) -> None:
        """The span that has begun is over."""
        start, self.opened = self.opened, None
        if start is None:
            return
        end = max(start, at)
        self.seconds += end - start
        self.spans.append((start, end))
        while len(self.spans) > self.limit:
            self.spans = joined(self.spans, self._grain)
            self._grain *= 2

    def until(self, end: float) -> list[tuple[float, float]]:
        """All spans; one still open lasts until `end`."""
        if self.opened is None:
            return list(self.spans)
        return [*self.spans, (self.opened, max(self.opened, end))]


def joined(spans: list[tuple[float, float]], pause: float) -> list[tuple[float, float]]:
    """Spans in order, joined where less than `pause` seconds lie between two."""
    kept: list[tuple[float, float]] = []
    for start, end in spans:
        if kept and start - kept[-1][1] < pause:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((start, end))
    return kept
