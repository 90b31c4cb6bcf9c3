"""supervise: a source that is brought back when it goes away, as one story on one axis of time."""

import random
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, fields, replace

import anyio

from v100_ai import clock as clocks
from v100_ai.errors import AddressRefused
from v100_ai.worker.axis import Axis, Gap
from v100_ai.worker.messages import Died, Ended, Last, Message, Opened, Readings, Refused, Stats
from v100_ai.worker.policy import Policy, Restarts
from v100_ai.worker.process import start
from v100_ai.worker.redaction import Redaction
from v100_ai.worker.spec import Spec

Check = Callable[[str], Awaitable[str]]
"""The URL to open for the URL that was asked for. Raises `AddressRefused`."""

Launch = Callable[[Spec], AbstractAsyncContextManager[AsyncIterable[Message]]]
"""Starts a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The source went away and is tried again."""

    reason: str
    retry_in: float
    """Seconds."""
    last: Last
    """How the worker ended."""


Told = Message | Lost | Gap


async def unchecked(url: str) -> str:
    """Any URL, as it is."""
    return url


@dataclass(slots=True)
class Tally:
    """Counters over all workers. Of one that was killed, what it told counts: the rest is measured again."""

    before: Stats = field(default_factory=Stats)
    _now: Stats = field(default_factory=Stats)
    _read: int = 0

    def read(self, frames: int) -> None:
        """So many readings came."""
        self._read += frames

    def added(self, stats: Stats) -> Stats:
        """A worker's own counters, on top of those before it."""
        self._now = stats
        return added(self.before, stats)

    def close(self) -> None:
        """The worker is gone."""
        decoded = self._read + self._now.dropped + self._now.thinned
        now = replace(self._now, analysed=self._read, decoded=decoded, lag=0.0)
        self.before, self._now, self._read = added(self.before, now), Stats(), 0


def added(one: Stats, other: Stats) -> Stats:
    """The sums; of the lag, what it is now."""
    names = [each.name for each in fields(Stats) if each.name != "lag"]
    sums = {name: getattr(one, name) + getattr(other, name) for name in names}
    return Stats(**sums, lag=other.lag)


@dataclass(slots=True)
class Supervision:
    """One source and what brings it back; `axis` may begin where an earlier process stopped."""

    spec: Spec
    policy: Policy
    axis: Axis
    check: Check
    launch: Launch
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]]
    restarts: Restarts
    live: bool = field(init=False)
    tally: Tally = field(default_factory=Tally)
    _opened: float | None = None

    def __post_init__(self) -> None:
        # Until it has been opened, a URL may be anything.
        self.live = "://" in self.spec.source

    async def messages(self) -> AsyncGenerator[Told, None]:
        """The whole story; its last message says how it ended for good."""
        resumes = self.axis.position is not None
        if resumes:
            self.axis.lose("the service was started again")
        while True:
            last: Last | None = None
            async with aclosing(self._life(resumes=resumes)) as messages:
                async for message in messages:
                    if isinstance(message, Ended | Refused | Died):
                        last = message
                    else:
                        yield message
            last = last or Died(cause="exit", detail="expected a last word")
            if not self.policy.restarts(last, live=self.live) or self.restarts.exhausted(
                live=self.live
            ):
                yield last
                return
            reason, wait = told_of(last), self.restarts.wait(self._ran())
            # What ended as it should begins again from its start.
            resumes = not (isinstance(last, Ended) and last.broken is None)
            self.axis.lose(reason)
            yield Lost(reason=reason, retry_in=wait, last=last)
            await self.sleep(wait)

    async def _life(self, *, resumes: bool) -> AsyncGenerator[Told, None]:
        """One worker's messages, its last word among them."""
        self._opened = None
        async with AsyncExitStack() as stack:
            try:
                spec = await self._checked(resumes=resumes)
                worker = await stack.enter_async_context(self.launch(spec))
            except AddressRefused as refused:
                yield Refused(error="AddressRefused", message=self._shown(refused))
                return
            except OSError as refused:
                yield Died(cause="exit", detail=f"cannot start: {self._shown(refused)}")
                return
            async for message in worker:
                for each in self._heard(message, resumes=resumes):
                    yield each

    def _heard(self, message: Message, *, resumes: bool) -> Sequence[Told]:
        """What a worker's message is on the session's axis."""
        match message:
            case Opened():
                self._opened, self.live = self.clock(), not message.seekable
                if resumes and message.seekable:
                    self.axis.go_on()
            case Stats():
                return [self.tally.added(message)]
            case Readings():
                self.tally.read(len(message.frames))
                self.restarts.moved()
            case Ended() | Refused() | Died():
                self.tally.close()
            case _:
                pass
        return self.axis.place(message)

    def _shown(self, error: Exception) -> str:
        return Redaction.of(self.spec).text(str(error))

    async def _checked(self, *, resumes: bool) -> Spec:
        """The spec with addresses that may be opened now: names may lead elsewhere than a minute ago."""
        source, reference = self.spec.source, self.spec.reference
        if "://" in source:
            source = await self.check(source)
        if reference is not None and "://" in reference:
            reference = await self.check(reference)
        resume = self.axis.resume() if resumes else None
        return replace(self.spec, source=source, reference=reference, resume=resume)

    def _ran(self) -> float:
        return 0.0 if self._opened is None else self.clock() - self._opened


@asynccontextmanager
async def supervise(
    spec: Spec,
    policy: Policy | None = None,
    *,
    axis: Axis | None = None,
    check: Check = unchecked,
    launch: Launch = start,
    clock: Callable[[], float] = clocks.monotonic,
    sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    jitter: Callable[[], float] = random.random,
) -> AsyncIterator[AsyncIterator[Told]]:
    """The messages of a source across all its workers, for as long as the block; no worker outlives it.

    `Lost` comes when a source went away and is tried again in so many seconds, `Gap` before the first readings
    after frames that nobody measured. The last message is `Ended`, `Refused` or `Died`: nothing is tried any
    more. `Stats` are sums over all workers. `check` is asked before each start; it may answer with another URL.

    Pass an `axis` whose position was kept to go on after a restart of the service, with `at` set to when that
    was, by `clock`.
    """
    policy = policy or Policy()
    supervision = Supervision(
        spec=spec,
        policy=policy,
        axis=axis or Axis(clock),
        check=check,
        launch=launch,
        clock=clock,
        sleep=sleep,
        restarts=Restarts(policy, jitter),
    )
    async with aclosing(supervision.messages()) as told:
        yield told


def told_of(last: Last) -> str:
    """How a worker ended, in words."""
    match last:
        case Ended():
            return last.broken or "ended"
        case Refused():
            return last.message
        case Died():
            return f"worker stopped: {last.cause}: {last.detail}"
