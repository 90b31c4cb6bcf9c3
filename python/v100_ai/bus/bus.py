"""The seam: one writer of a session, many readers. The log is the truth; a bus may lose, and says so when it knows."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from v100_ai.bus.inbox import Inbox, Samples
from v100_ai.records import Stored

CAPACITY: Final = 256
"""Events that wait for a reader, before it has to go back to the log."""


class Bus(Protocol):
    """Hands what is published to all readers there are; never waits for one of them.

    Readers of one session may see an event twice, late, or not at all.
    """

    def publish(self, session: str, events: Sequence[Stored]) -> None:
        """Hand out events that are in the log, in the order they have there."""

    def publish_sample(self, session: str, body: bytes) -> None:
        """Hand out what is kept nowhere: readers get the latest one, and lose those before it."""

    def subscribe(
        self, session: str, *, capacity: int = CAPACITY
    ) -> AbstractAsyncContextManager[Inbox]:
        """All events that are published while the block lasts."""

    def samples(self, session: str) -> AbstractAsyncContextManager[Samples]:
        """The latest sample, again and again, while the block lasts."""
