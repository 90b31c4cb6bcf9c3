"""Appends: what a session writes, in its order; and what is still on its way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from v100_ai.errors import V100Error
from v100_ai.layers.layer import Step
from v100_ai.records import Append, Stored

Write = Callable[[Append], Awaitable[tuple[Stored, ...]]]


class Unkept(V100Error):
    """What came before could not be kept: the session is of no further use."""


@dataclass(slots=True)
class Appends:
    """Of one session, under one epoch. Once a write has failed, memory is ahead of the log."""

    session: str
    epoch: int
    write: Write
    failed: bool = False
    _writing: set[anyio.Event] = field(default_factory=set[anyio.Event])

    async def append(self, step: Step, *, ends: str | None = None) -> None:
        """Write what a step says; kept when this returns. A caller who gives up meanwhile does not take it along."""
        written = anyio.Event()
        self._writing.add(written)
        try:
            with anyio.CancelScope(shield=True):
                await self.write(
                    Append(
                        session=self.session,
                        epoch=self.epoch,
                        events=tuple(each.draft() for each in step.events),
                        journal=step.journal,
                        state=step.state,
                        ends=ends,
                    )
                )
        except Exception:
            self.failed = True
            raise
        finally:
            self._writing.discard(written)
            written.set()

    async def all_kept(self) -> None:
        """Wait until all that was to be written by now is. Raises `Unkept` if something could not be."""
        for written in tuple(self._writing):
            await written.wait()
        if self.failed:
            raise Unkept(f"{self.session} is of no further use")
