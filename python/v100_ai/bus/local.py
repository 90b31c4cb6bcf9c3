"""The bus within one process."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from v100_ai.bus.bus import CAPACITY
from v100_ai.bus.inbox import Inbox, Samples
from v100_ai.records import Stored


class LocalBus:
    """Hands over at once, within the call; for one event loop. A session without readers takes no memory."""

    def __init__(self) -> None:
        self._inboxes = dict[str, set[Inbox]]()
        self._samples = dict[str, set[Samples]]()

    def publish(self, session: str, events: Sequence[Stored]) -> None:
        """Hand events to all who read the session now."""
        for inbox in self._inboxes.get(session, ()):
            inbox.put(events)

    def publish_sample(self, session: str, body: bytes) -> None:
        """Hand a sample to all who read the session's now."""
        for samples in self._samples.get(session, ()):
            samples.put(body)

    def lose(self, session: str) -> None:
        """Tell all who read the session that something may be missing."""
        for inbox in self._inboxes.get(session, ()):
            inbox.lose()

    @property
    def sessions(self) -> Collection[str]:
        """Whose events are read now."""
        return self._inboxes.keys()

    @property
    def sampled(self) -> Collection[str]:
        """Whose samples are read now."""
        return self._samples.keys()

    @asynccontextmanager
    async def subscribe(self, session: str, *, capacity: int = CAPACITY) -> AsyncIterator[Inbox]:
        """All events that are published while the block lasts."""
        inbox = Inbox(capacity)
        self._inboxes.setdefault(session, set()).add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[session].discard(inbox)
            if not self._inboxes[session]:
                del self._inboxes[session]

    @asynccontextmanager
    async def samples(self, session: str) -> AsyncIterator[Samples]:
        """The latest sample, again and again, while the block lasts."""
        samples = Samples()
        self._samples.setdefault(session, set()).add(samples)
        try:
            yield samples
        finally:
            self._samples[session].discard(samples)
            if not self._samples[session]:
                del self._samples[session]
