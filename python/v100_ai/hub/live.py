"""A session that is owned here, and what runs for it."""

from dataclasses import dataclass, field

import anyio
import structlog

from v100_ai.errors import V100Error
from v100_ai.session.session import Session

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Live:
    """One session, live."""

    session: Session
    running: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around its source."""
    listening: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around its dictation, which goes on while it is settled."""
    settling: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around its minutes' questions, which go on likewise."""
    settled: anyio.Event = field(default_factory=anyio.Event)
    """Set when its minutes have nothing open any more."""
    ticking: bool = False

    def stop(self) -> None:
        """End all that runs for it."""
        for scope in (self.running, self.listening, self.settling):
            scope.cancel()

    async def settle(self) -> None:
        """Its minutes' batches before Claude, until they end or it is no longer ours."""
        with self.settling:
            try:
                if self.session.minutes is not None:
                    await self.session.minutes.live.run()
            except V100Error as failed:
                await self.give_up(failed)
            finally:
                self.settled.set()

    async def listen(self) -> None:
        """Its sound before the recogniser, until it ends or it is no longer ours."""
        with self.listening:
            try:
                if self.session.dictation is not None:
                    await self.session.dictation.run()
            except V100Error as failed:
                await self.give_up(failed)

    async def tick(self) -> None:
        """Time has passed."""
        try:
            await self.session.tick()
        except V100Error as failed:
            await self.give_up(failed)
        finally:
            self.ticking = False

    async def give_up(self, failed: V100Error) -> None:
        """It is of no further use: whoever needs it takes it up from the log."""
        self.session.failed = True
        await log.awarning("session.failed", session=self.session.id, error=str(failed))
