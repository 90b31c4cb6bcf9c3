"""Dispatcher: takes what is due out of the outbox, has it sent, and says what became of it."""

import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, TypeVarTuple

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from v100_ai import clock
from v100_ai.delivery.answer import Answer
from v100_ai.delivery.counts import Counts
from v100_ai.delivery.outbox import Outbox
from v100_ai.delivery.schedule import attempt
from v100_ai.errors import StoreUnavailable
from v100_ai.records import Attempt, Delivery, Endpoint
from v100_ai.retry import Circuit

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Sends(Protocol):
    """Whoever makes the request: `Sender`, or a fake."""

    async def send(self, delivery: Delivery, endpoint: Endpoint) -> Answer:
        """What came of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is done at once, and how long is waited, in seconds."""

    in_flight: int = 128
    per_endpoint: int = 4
    lease: float = 30.0
    """Twice as long as a request may take: one that is not made in the first half is left to the next claim."""
    poll: float = 5.0
    """The longest sleep: another process may have died before it sent what it stored."""
    pause: float = 1.0
    """Before a database that did not answer is asked again."""
    failing: float = 5 * 86_400.0
    """An endpoint that only failed for so long is disabled."""


@dataclass(slots=True)
class _Lane:
    """One endpoint's share."""

    circuit: Circuit = field(default_factory=Circuit)
    turn: anyio.Lock = field(default_factory=anyio.Lock)
    """Held by the probe, while the circuit is open."""
    taken: int = 0
    """Deliveries that were claimed and are not over yet."""

    def busy(self, now: float, share: int) -> bool:
        """Whether nothing more may be sent to it for now."""
        probing = self.circuit.open and self.taken > 0
        return probing or self.taken >= share or not self.circuit.admits(now)


@dataclass(frozen=True, slots=True)
class _Settled:
    attempt: Attempt
    disable: tuple[str, str] | None = None


class Dispatcher:
    """Delivers at least once, as long as `run` runs.

    A delivery that was claimed comes back by itself after its lease, so nothing is lost when the process dies
    between the commit and the request; sent twice, it has the same `webhook-id`. Each endpoint has a share of the
    requests and a circuit of its own, so that one that hangs holds nobody else. Events reach an endpoint about in
    order; `seq` sorts them.

    The outbox is called in `threads` threads at most; with none, where the dispatcher runs.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Sends,
        *,
        limits: Limits | None = None,
        wall: Callable[[], float] = clock.wall,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        chance: Callable[[], float] = random.random,
        threads: int = 2,
    ) -> None:
        self.counts = Counts()
        self._outbox = outbox
        self._sender = sender
        self._limits = limits or Limits()
        self._wall = wall
        self._sleep = sleep
        self._chance = chance
        self._threads = threads
        self._limiter = anyio.CapacityLimiter(max(threads, 1))
        self._lanes: dict[str, _Lane] = {}
        self._wake = anyio.Event()
        self._taken = 0
        self._freed = False
        """Whether more may be sent than when the outbox was asked last."""

    def notify(self) -> None:
        """Something may be due: call it after a commit, from the event loop's thread."""
        self._wake.set()

    async def run(self) -> None:
        """Sends until it is cancelled."""
        settled = anyio.create_memory_object_stream[_Settled](self._limits.in_flight)
        async with anyio.create_task_group() as group:
            group.start_soon(self._settle, settled[1])
            async with settled[0] as done:
                while True:
                    self._wake = anyio.Event()
                    now = self._wall()
                    due = await self._start(now, group, done)
                    await self._rest(now, due)

    async def _start(
        self, now: float, group: TaskGroup, done: MemoryObjectSendStream[_Settled]
    ) -> float | None:
        """Sends what is due and may be sent: when the next is due.

        Afterwards, an endpoint has its share or nothing more that is due.
        """
        due = await self._insist(self._outbox.next_due)
        free = self._limits.in_flight - self._taken
        # A claim takes the database's write lock: nobody is held up for nothing.
        if due is None or due > now or free <= 0:
            return due
        claimed = await self._insist(self._claim, free, self._busy())
        latest = self._wall() + self._limits.lease / 2
        for delivery, endpoint in claimed:
            lane = self._lane(delivery.endpoint)
            lane.taken += 1
            self._taken += 1
            group.start_soon(self._deliver, delivery, endpoint, lane, latest, done)
        return await self._insist(self._outbox.next_due) if claimed else due

    def _claim(
        self, limit: int, skip: frozenset[str]
    ) -> Sequence[tuple[Delivery, Endpoint | None]]:
        """In a thread: what is due, each with its endpoint."""
        limits = self._limits
        claimed = self._outbox.claim_due(
            limit, lease=limits.lease, per_endpoint=limits.per_endpoint, skip=skip
        )
        names = {each.endpoint for each in claimed}
        endpoints = {name: self._outbox.endpoint(name) for name in names}
        return [(each, endpoints[each.endpoint]) for each in claimed]

    def _busy(self) -> frozenset[str]:
        """Endpoints that may be sent nothing more for now."""
        now = self._wall()
        return frozenset(
            name for name, lane in self._lanes.items() if lane.busy(now, self._limits.per_endpoint)
        )

    async def _rest(self, now: float, due: float | None) -> None:
        """Until something is due, or may be sent again, or somebody says so. `now` was before the outbox was asked."""
        wait = self._limits.poll
        if self._taken < self._limits.in_flight:
            times = [lane.circuit.until for lane in self._lanes.values() if not lane.taken]
            # What is due already and was not claimed waits for its endpoint's turn.
            times += [] if due is None else [due]
            wait = min([wait, *(time - now for time in times if time > now)])
        async with anyio.create_task_group() as group:
            group.start_soon(self._sleep_then_wake, wait)
            await self._wake.wait()
            group.cancel_scope.cancel()

    async def _sleep_then_wake(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._wake.set()

    async def _deliver(
        self,
        delivery: Delivery,
        endpoint: Endpoint | None,
        lane: _Lane,
        latest: float,
        done: MemoryObjectSendStream[_Settled],
    ) -> None:
        probing = lane.circuit.open
        try:
            async with lane.turn if probing else nullcontext():
                settled = await self._try(delivery, endpoint, lane.circuit, latest)
        finally:
            full = lane.taken >= self._limits.per_endpoint
            self._freed |= probing or full or self._taken >= self._limits.in_flight
            lane.taken -= 1
            self._taken -= 1
            if not lane.taken and lane.circuit.faultless:
                self._lanes.pop(delivery.endpoint, None)
        if settled is not None:
            await done.send(settled)

    async def _try(
        self, delivery: Delivery, endpoint: Endpoint | None, circuit: Circuit, latest: float
    ) -> _Settled | None:
        """What became of the delivery; `None` when its endpoint broke while it waited, or it waited for too long.

        Its lease brings it back then, and nothing counts as tried.
        """
        hopeless = _hopeless(delivery, endpoint)
        if endpoint is None or hopeless is not None:
            return self._settled(delivery, endpoint, Answer(reason="hopeless", error=hopeless))
        now = self._wall()
        if not circuit.admits(now) or now > latest:
            return None
        self.counts.in_flight += 1
        try:
            answer = await self._sender.send(delivery, endpoint)
        finally:
            self.counts.in_flight -= 1
        now = self._wall()
        if answer.reason == "delivered":
            circuit.succeeded()
        else:
            circuit.failed(now, wait=answer.wait)
        return self._settled(delivery, endpoint, answer, failing=circuit.failing(now))

    def _settled(
        self, delivery: Delivery, to: Endpoint | None, answer: Answer, *, failing: float = 0.0
    ) -> _Settled:
        found = attempt(delivery, answer, now=self._wall(), chance=self._chance())
        self.counts.add(answer, found, earlier=delivery.attempts, to=to)
        why: str | None = None
        if answer.reason == "gone":
            why = answer.error
        elif failing >= self._limits.failing:
            why = f"nothing but failures for {failing / 86_400:.0f} days, the last: {answer.error}"
        return _Settled(found, None if why is None else (delivery.endpoint, why))

    async def _settle(self, stream: MemoryObjectReceiveStream[_Settled]) -> None:
        """Writes what became of deliveries, all that wait in one transaction."""
        async with stream:
            try:
                async for first in stream:
                    batch = [first, *_waiting(stream)]
                    await self._write(batch)
                    if self._freed or any(each.attempt.state == "pending" for each in batch):
                        self._freed = False
                        self._wake.set()
            finally:
                with anyio.CancelScope(shield=True):
                    # What is not written any more is sent again after its lease.
                    await self._last(_waiting(stream))

    async def _write(self, batch: Sequence[_Settled]) -> None:
        await self._insist(self._outbox.settle, [each.attempt for each in batch])
        for endpoint, why in dict(each.disable for each in batch if each.disable).items():
            await self._insist(self._outbox.disable_endpoint, endpoint, why)
            self.counts.disabled += 1

    async def _last(self, batch: Sequence[_Settled]) -> None:
        try:
            if batch:
                await self._offload(self._outbox.settle, [each.attempt for each in batch])
        except StoreUnavailable:
            self.counts.unavailable += 1

    async def _insist(self, call: Callable[[*Ts], T], *args: *Ts) -> T:
        """The call's answer, however long the database is away."""
        while True:
            try:
                return await self._offload(call, *args)
            except StoreUnavailable:
                self.counts.unavailable += 1
                await self._sleep(self._limits.pause)

    async def _offload(self, call: Callable[[*Ts], T], *args: *Ts) -> T:
        if not self._threads:
            return call(*args)
        return await anyio.to_thread.run_sync(call, *args, limiter=self._limiter)

    def _lane(self, endpoint: str) -> _Lane:
        if endpoint not in self._lanes:
            self._lanes[endpoint] = _Lane()
        return self._lanes[endpoint]


def _hopeless(delivery: Delivery, endpoint: Endpoint | None) -> str | None:
    """Why there is no use in sending, if there is none."""
    if endpoint is None:
        return "the endpoint was removed"
    if endpoint.disabled is not None:
        return f"the endpoint is disabled: {endpoint.disabled}"
    return None if delivery.body else "the event is not kept any more"


def _waiting(stream: MemoryObjectReceiveStream[_Settled]) -> list[_Settled]:
    """All that is in the stream by now."""
    found: list[_Settled] = []
    while True:
        try:
            found.append(stream.receive_nowait())
        except (anyio.WouldBlock, anyio.EndOfStream, anyio.ClosedResourceError):
            return found
