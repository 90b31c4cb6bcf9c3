"""Counters that only grow, of things that come and go: sessions, rooms."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Lock

Counts = Mapping[str, Mapping[str, float | None]]
"""By place and name. A place such as `source/alice` is told as `source`: who takes part is nobody's label."""
Names = frozenset[tuple[str, str]]


@dataclass(slots=True)
class Tally:
    """What all that ever was here counted since it came. Any thread may ask.

    Sums are of what grew: what goes takes nothing along, and what was counted elsewhere, before it came, is not added.
    What goes up and down, told by `levels`, is summed over what is here now.
    """

    levels: Names = frozenset()
    _sums: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    _here: dict[Hashable, tuple[Callable[[], Counts], Counts]] = field(
        default_factory=dict[Hashable, tuple[Callable[[], Counts], Counts]]
    )
    _lock: Lock = field(default_factory=Lock)

    def begin(self, key: Hashable, read: Callable[[], Counts]) -> None:
        """From now on what `read` tells counts, unless it does already."""
        with self._lock:
            if key not in self._here:
                self._here[key] = (read, _copied(read()))

    def end(self, key: Hashable) -> None:
        """It counts nothing more; what it did stays."""
        with self._lock:
            if key in self._here:
                self._see(key)
                del self._here[key]

    def sums(self) -> dict[str, dict[str, float]]:
        """What only grows."""
        with self._lock:
            for key in self._here:
                self._see(key)
            return {place: dict(counts) for place, counts in self._sums.items()}

    def now(self) -> dict[str, dict[str, float]]:
        """What goes up and down."""
        told: dict[str, dict[str, float]] = {}
        with self._lock:
            for read, _ in self._here.values():
                for place, what, value in _each(read()):
                    if (place, what) in self.levels:
                        sums = told.setdefault(place, {})
                        sums[what] = sums.get(what, 0.0) + value
        return told

    def _see(self, key: Hashable) -> None:
        read, before = self._here[key]
        counts = _copied(read())
        for full, found in counts.items():
            earlier = before.get(full, {})
            for place, what, value in _each({full: found}):
                if (place, what) not in self.levels:
                    sums = self._sums.setdefault(place, {})
                    grown = max(0.0, value - (earlier.get(what) or 0.0))
                    sums[what] = sums.get(what, 0.0) + grown
        self._here[key] = (read, counts)


def _copied(counts: Counts) -> Counts:
    """As it is now: the next look is compared with it."""
    return {place: dict(found) for place, found in counts.items()}


def _each(counts: Counts) -> list[tuple[str, str, float]]:
    return [
        (place.partition("/")[0], what, float(value or 0.0))
        for place, found in counts.items()
        for what, value in found.items()
    ]
