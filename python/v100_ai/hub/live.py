"""A session that is owned here, and what runs for it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import structlog

from v100_ai.errors import StoreUnavailable, V100Error
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
        try:
            with self.settling, self.guarded():
                if self.session.minutes is not None:
                    await self.session.minutes.live.run()
        finally:
            self.settled.set()

    async def listen(self) -> None:
        """Its sound before the recogniser, until it ends or it is no longer ours."""
        with self.listening, self.guarded():
            if self.session.dictation is not None:
                await self.session.dictation.run()

    async def tick(self) -> None:
        """Time has passed."""
        try:
            with self.guarded():
                await self.session.tick()
        finally:
            self.ticking = False

    @contextmanager
    def guarded(self) -> Generator[None]:
        """What goes wrong within is this session's trouble alone: it is taken up again from the log."""
        try:
            yield
        except StoreUnavailable as failed:
            # Told once for all sessions, when it begins.
            self.session.failed = True
            log.debug("session.failed", session=self.session.id, error=str(failed))
        except V100Error as failed:
            self.session.failed = True
            log.warning("session.failed", session=self.session.id, error=str(failed))
        except Exception:  # a fault of ours must not take the other sessions with it
            self.session.failed = True
            log.exception("session.failed", session=self.session.id)
