"""Sender: what was measured, in batches, out through the pipe."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from v100_ai.report.rows import Cell
from v100_ai.worker.messages import FRAMES, Message, Stats
from v100_ai.worker.wire import gathered, packed

LATEST_S: Final = 0.25
"""How long a row may wait for others."""

STATS_S: Final = 1.0
"""From one message of counters to the next."""


@dataclass(slots=True)
class Sender:
    """Rows leave together; everything else leaves behind the rows that were before it.

    `write` takes bytes and blocks while the pipe is full: a parent that is slow slows the analysis down.
    """

    write: Callable[[bytes], None]
    clock: Callable[[], float]
    _rows: list[Mapping[str, Cell]] = field(default_factory=list[Mapping[str, Cell]])
    _first: float = 0.0
    _told: float = float("-inf")

    def push(self, row: Mapping[str, Cell]) -> None:
        """One more row."""
        if not self._rows:
            self._first = self.clock()
        self._rows.append(row)
        if len(self._rows) == FRAMES:
            self.flush()

    def tell(self, message: Message) -> None:
        """Something other than rows."""
        self.flush()
        self.write(packed(message))

    def lapse(self) -> None:
        """Send the rows that have waited long enough."""
        if self._rows and self.clock() - self._first >= LATEST_S:
            self.flush()

    def tick(self, stats: Stats) -> None:
        """The same, and the counters once in a while: the sign that the work goes on."""
        self.lapse()
        now = self.clock()
        if now - self._told >= STATS_S:
            self._told = now
            self.tell(stats)

    def flush(self) -> None:
        """Send the rows that wait."""
        if self._rows:
            self.write(packed(gathered(self._rows)))
            self._rows.clear()


def into(descriptor: int) -> Callable[[bytes], None]:
    """Writes whole messages to a pipe."""

    def write(content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    return write
