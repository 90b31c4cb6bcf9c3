"""Which segments were settled, by whom: each exactly once, whatever fails."""

from dataclasses import dataclass, field
from typing import Literal

from v100_ai.highlights.model import Segment

Settler = Literal["claude", "rules", "dropped"]


class SettledTwice(Exception):
    """A range of segments was to be settled that is settled already, or was never heard."""

    def __init__(self, first: int, last: int, settled: int, heard: int) -> None:
        super().__init__(
            f"expected a range from {settled} to at most {heard - 1}, found {first} to {last}"
        )
        self.first, self.last = first, last


@dataclass(slots=True)
class Settlements:
    """Segments are heard in order and settled in order, so two numbers say it all."""

    counts: dict[Settler, int] = field(
        default_factory=lambda: {"claude": 0, "rules": 0, "dropped": 0}
    )
    settled: int = 0
    _open: list[Segment] = field(default_factory=list[Segment])
    _said: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    @property
    def heard(self) -> int:
        """How many final segments there were."""
        return self.settled + len(self._open)

    @property
    def open(self) -> tuple[Segment, ...]:
        """What was heard and is not settled, in order."""
        return tuple(self._open)

    def accept(self, segment: Segment) -> bool:
        """Whether this segment is new; a final sent again is heard once."""
        if segment.id in self._said:
            return False
        self._said[segment.id] = (segment.participant, segment.text)
        self._open.append(segment)
        return True

    def revise(self, segment: Segment) -> bool:
        """Whether a segment that was heard comes with another speaker or other words; these count from now on."""
        said = (segment.participant, segment.text)
        if self._said.get(segment.id) == said:
            return False
        self._said[segment.id] = said
        self._open = [segment if each.id == segment.id else each for each in self._open]
        return True

    def settle(self, first: int, last: int, by: Settler) -> None:
        """Close a range.

        Raises:
            SettledTwice: it does not begin where the last one ended, or ends beyond what was heard.
        """
        if first != self.settled or not first <= last < self.heard:
            raise SettledTwice(first, last, self.settled, self.heard)
        count = last - first + 1
        del self._open[:count]
        self.settled += count
        self.counts[by] += count
