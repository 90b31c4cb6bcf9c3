"""Writer: many tasks append, one thread commits all that waits in one transaction (group commit)."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Protocol, Self

import anyio
import anyio.lowlevel
import anyio.to_thread

from v100_ai import clock
from v100_ai.errors import Fenced, StoreBusy, StoreUnavailable
from v100_ai.records import Append, Stored
from v100_ai.retry import Backoff
from v100_ai.store.receipts import Receipt

TOGETHER: Final = 256
"""Appends in one transaction at most, so that nobody waits long for the others'."""

UNKEEPABLE: Final = (ValueError, TypeError, ArithmeticError, RecursionError)
"""What one append's own content can raise; the others of its batch have no part in it."""

LONGEST_PAUSE: Final = 1.0
"""Seconds between two attempts."""

Answer = tuple[Stored, ...] | Exception


class Appends(Protocol):
    """What a writer needs of a store."""

    def append(
        self, batch: Sequence[Append], *, receipt: Receipt | None = None
    ) -> list[tuple[Stored, ...] | Fenced]:
        """Write a batch once."""


@dataclass(slots=True, eq=False)
class _Job:
    append: Append
    answer: asyncio.Future[tuple[Stored, ...]]


class Writer:
    """Appends from asynchronous code, in the order they come; a block whose end waits until all is written.

    `capacity` appends wait at most; further ones wait to be let in, none is dropped. While the database is busy or
    away a batch is tried again for `patience` seconds, and never written twice. Time for which this process stood still
    within a transaction, until the database ended that, does not count.
    """

    def __init__(
        self,
        store: Appends,
        *,
        capacity: int = 1024,
        patience: float = 10.0,
        pause: float = 0.02,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._store = store
        self._patience = patience
        self._pause = pause
        self._monotonic = monotonic
        self._name = uuid.uuid4().hex
        self._number = 0
        self._room = asyncio.Semaphore(capacity)
        self._open = set[_Job]()
        self._waiting = SimpleQueue[_Job | None]()
        self._closed = True
        self._thread = threading.Thread(target=self._run, name="v100-writer", daemon=True)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._thread.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed = True
        self._waiting.put(None)
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._thread.join)
            # The thread's last answers are given by the loop, behind what it has to do already.
            await anyio.lowlevel.checkpoint()

    async def append(self, append: Append) -> tuple[Stored, ...]:
        """The events as they are in the log, durable.

        Cancelling gives up the answer, not the append: once it waits for the thread it is written in its turn.

        Raises:
            Fenced: another owner has the session, or it is over (`SessionOver`).
            StoreUnavailable: the database did not answer for `patience` seconds. If its answer was lost with it, the
                events may be in the log; they are there once at most.
            ValueError: the append holds what can not be kept, such as NaN.
        """
        await self._room.acquire()
        if self._closed:
            self._room.release()
            raise StoreUnavailable("the writer is closed")
        job = _Job(append, self._loop.create_future())
        self._open.add(job)
        self._waiting.put(job)
        return await job.answer

    @property
    def waiting(self) -> int:
        """Appends that are not written yet."""
        return len(self._open)

    @property
    def alive(self) -> bool:
        """Whether its thread runs: without it nothing is ever written again."""
        return self._thread.is_alive()

    def _run(self) -> None:
        """The thread: until it is told to stop, and all that came before that is written."""
        try:
            while jobs := self._take():
                answers = self._commit([job.append for job in jobs])
                self._loop.call_soon_threadsafe(self._answer, jobs, answers)
        finally:
            self._loop.call_soon_threadsafe(self._stop)

    def _take(self) -> list[_Job]:
        """All that waits, at least one; none when there will be no more."""
        jobs: list[_Job] = []
        while len(jobs) < TOGETHER and not (jobs and self._waiting.empty()):
            job = self._waiting.get()
            if job is None:
                self._waiting.put(None)
                break
            jobs.append(job)
        return jobs

    def _commit(self, batch: Sequence[Append]) -> Sequence[Answer]:
        self._number += 1
        try:
            return self._written(batch)
        except StoreUnavailable as error:
            return [error] * len(batch)
        except UNKEEPABLE as error:
            if len(batch) == 1:
                return [error]
        return [answer for append in batch for answer in self._commit([append])]

    def _written(self, batch: Sequence[Append]) -> Sequence[Answer]:
        """Try until it is written, or patience is at its end."""
        until = self._monotonic() + self._patience
        backoff, again = Backoff(self._pause, LONGEST_PAUSE), False
        while True:
            try:
                return self._store.append(
                    batch, receipt=Receipt(writer=self._name, number=self._number, again=again)
                )
            except StoreBusy as busy:
                if busy.reason == "interrupted":
                    # The database was there, this process was not: nobody's patience has been tried.
                    until = self._monotonic() + self._patience
                    backoff.reset()
                pause = backoff.wait()
                if self._monotonic() + pause > until:
                    raise
            threading.Event().wait(pause)
            again = True

    def _answer(self, jobs: Sequence[_Job], answers: Sequence[Answer]) -> None:
        for job, answer in zip(jobs, answers, strict=True):
            self._open.discard(job)
            self._room.release()
            if job.answer.done():
                continue
            if isinstance(answer, Exception):
                job.answer.set_exception(answer)
            else:
                job.answer.set_result(answer)

    def _stop(self) -> None:
        """Nobody waits for a thread that is gone."""
        self._closed = True
        jobs = list(self._open)
        self._answer(jobs, [StoreUnavailable("the writer has stopped")] * len(jobs))
