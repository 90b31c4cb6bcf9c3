"""A session that is owned here, and what runs for it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import anyio.abc
import structlog

from v100_ai.errors import StoreUnavailable, V100Error
from v100_ai.hub.tally import Tally
from v100_ai.layers.layer import Layer
from v100_ai.session.session import Session
from v100_ai.worker import Pool

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Live:
    """One session, live."""

    session: Session
    tally: Tally = field(default_factory=Tally)
    """Where what it counts is kept when it is gone."""
    running: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """Around its source."""
    shown: list[anyio.CancelScope] = field(default_factory=list[anyio.CancelScope])
    """Around its participants' sources."""
    pool: Pool | None = None
    """Processes that hold its participants' sources."""
    beside: list[anyio.CancelScope] = field(default_factory=list[anyio.CancelScope])
    """Around its layers' work, which goes on while it is settled."""
    ticking: bool = False
    noticed: bool = False
    """Whether it was told that the model refuses."""
    stirred: float = 0.0
    """When something came in last, on the monotonic clock."""

    def stop(self) -> None:
        """End all that runs for it."""
        self.stop_sources()
        for scope in self.beside:
            scope.cancel()
        self.tally.end(self._key)

    def stop_sources(self) -> None:
        """Take in nothing more from outside."""
        for scope in (self.running, *self.shown):
            scope.cancel()

    @contextmanager
    def scope(self) -> Generator[None]:
        """What runs within ends when sources are stopped."""
        with anyio.CancelScope() as scope:
            self.shown.append(scope)
            try:
                yield
            finally:
                self.shown.remove(scope)

    def begin(self, group: anyio.abc.TaskGroup) -> None:
        """Count from here, and start what its layers have to do beside it."""
        self.tally.begin(self._key, lambda: self.session.stats.counts)
        for layer in self.session.layers:
            if layer.runs:
                self.beside.append(anyio.CancelScope())
                group.start_soon(self._run, layer, self.beside[-1])

    @property
    def _key(self) -> tuple[str, int]:
        return self.session.id, self.session.record.epoch

    async def _run(self, layer: Layer, scope: anyio.CancelScope) -> None:
        """Until it ends, or the session is no longer ours."""
        with scope, self.guarded():
            await self.session.run(layer)

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
