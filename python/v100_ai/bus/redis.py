"""The bus between processes, over Redis: what gets lost there, readers find in the log."""

import json
import uuid
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self

import anyio
import structlog
from anyio.abc import TaskGroup

from v100_ai.bus.bus import CAPACITY
from v100_ai.bus.inbox import Inbox, Samples
from v100_ai.bus.local import LocalBus
from v100_ai.errors import ExtraMissing
from v100_ai.records import Stored

try:
    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
except ImportError:
    raise ExtraMissing("redis", "redis") from None

log = structlog.get_logger("v100_ai.bus")

OUTGOING: Final = 4096
"""Messages that wait to be sent; then the oldest go."""

TOGETHER: Final = 256
"""Messages sent at a time."""

ANSWER: Final = 2.0
"""Seconds that Redis may take to answer."""

BEAT: Final = 2.0
"""Seconds between two pings on the connection that is listened on."""

SILENCE: Final = 3 * BEAT
"""Seconds without a word, not even to a ping, after which the connection counts as dead."""

PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds between attempts to connect; the last one again and again."""

LOST: Final = (RedisError, OSError)


class RedisBus:
    """Hands over within the process at once, and to others over Redis; works while its block lasts.

    While Redis is away its readers are told again and again that they may miss something, and live from the log.
    """

    def __init__(self, url: str, *, prefix: str = "v100") -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=ANSWER,
            socket_connect_timeout=ANSWER,
            retry=Retry(NoBackoff(), 0),
        )
        self._events = f"{prefix}:events:"
        self._samples = f"{prefix}:samples:"
        self._origin = uuid.uuid4().hex
        self._local = LocalBus()
        self._outgoing = deque[tuple[str, bytes]](maxlen=OUTGOING)
        self._published = anyio.Event()
        self._changed = anyio.Event()
        self._group: TaskGroup | None = None
        self._stack = AsyncExitStack()
        self.connected = False
        """Whether Redis is listened to."""
        self.dropped = 0
        """Messages that were not sent: Redis was away, or too slow."""

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(_closed, self._client)
        self._group = await self._stack.enter_async_context(anyio.create_task_group())
        self._group.start_soon(self._send)
        self._group.start_soon(self._listen)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if self._group is not None:
            self._group.cancel_scope.cancel()
        return await self._stack.__aexit__(kind, error, trace)

    def publish(self, session: str, events: Sequence[Stored]) -> None:
        """Hand events over here, and have them sent to the others."""
        self._local.publish(session, events)
        for event in events:
            self._put(self._events + session, _packed(self._origin, event))

    def publish_sample(self, session: str, body: bytes) -> None:
        """Hand a sample over here, and have it sent to the others."""
        self._local.publish_sample(session, body)
        self._put(self._samples + session, self._origin.encode() + b"\n" + body)

    def _put(self, channel: str, message: bytes) -> None:
        self.dropped += len(self._outgoing) == OUTGOING
        self._outgoing.append((channel, message))
        self._published.set()

    @asynccontextmanager
    async def subscribe(self, session: str, *, capacity: int = CAPACITY) -> AsyncIterator[Inbox]:
        """All events that are published while the block lasts.

        Those between its beginning and Redis's knowing of it are lost, and told to be.
        """
        try:
            async with self._local.subscribe(session, capacity=capacity) as inbox:
                self._changed.set()
                yield inbox
        finally:
            self._changed.set()

    @asynccontextmanager
    async def samples(self, session: str) -> AsyncIterator[Samples]:
        """The latest sample, again and again, while the block lasts."""
        try:
            async with self._local.samples(session) as samples:
                self._changed.set()
                yield samples
        finally:
            self._changed.set()

    async def _send(self) -> None:
        while True:
            while not self._outgoing:
                self._published = anyio.Event()
                await self._published.wait()
            count = min(TOGETHER, len(self._outgoing))
            messages = [self._outgoing.popleft() for _ in range(count)]
            try:
                async with self._client.pipeline(transaction=False) as pipeline:
                    for channel, message in messages:
                        _ = pipeline.publish(channel, message)
                    await pipeline.execute()
            except LOST:
                self.dropped += count
                await anyio.sleep(PAUSES[0])

    async def _listen(self) -> None:
        failed = 0
        while True:
            try:
                async with self._pubsub() as pubsub, anyio.create_task_group() as group:
                    await pubsub.subscribe(self._events)
                    group.start_soon(self._ask, pubsub)
                    while (message := await pubsub.get_message(timeout=SILENCE)) is not None:
                        if failed:
                            log.warning("redis.back")
                        failed, self.connected = 0, True
                        self._hear(message)
                    group.cancel_scope.cancel()
            except* LOST as away:
                if not failed:
                    log.warning("redis.away", error=str(away.exceptions[0]))
            self.connected = False
            for session in list(self._local.sessions):
                self._local.lose(session)
            await anyio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])
            failed += 1

    @asynccontextmanager
    async def _pubsub(self) -> AsyncIterator[PubSub]:
        pubsub = self._client.pubsub()
        try:
            yield pubsub
        finally:
            await _closed(pubsub)

    async def _ask(self, pubsub: PubSub) -> None:
        """Have the channels of all who read here, and a sign of life now and then."""
        asked = set[str]()
        while True:
            self._changed = anyio.Event()
            wanted = {self._events + session for session in self._local.sessions}
            wanted |= {self._samples + session for session in self._local.sampled}
            if wanted - asked:
                await pubsub.subscribe(*(wanted - asked))
            if asked - wanted:
                await pubsub.unsubscribe(*(asked - wanted))
            asked = wanted
            with anyio.move_on_after(BEAT) as quiet:
                await self._changed.wait()
            if quiet.cancelled_caught:
                await pubsub.ping()

    def _hear(self, message: dict[str, Any]) -> None:
        """Hand over what others sent; whoever is only now subscribed may have missed something."""
        kind, channel = message["type"], (message["channel"] or b"").decode()
        session = channel.rpartition(":")[2]
        if kind == "subscribe":
            self._local.lose(session)
        elif kind == "message" and channel.startswith(self._samples):
            origin, _, body = message["data"].partition(b"\n")
            if origin != self._origin.encode():
                self._local.publish_sample(session, body)
        elif kind == "message":
            self._hear_event(session, message["data"])

    def _hear_event(self, session: str, message: bytes) -> None:
        try:
            origin, event = _unpacked(session, message)
        except (ValueError, TypeError):
            self._local.lose(session)
            return
        if origin != self._origin:
            self._local.publish(session, [event])


async def _closed(connected: Redis | PubSub) -> None:
    """Close it, also when we are cancelled: half closed, it would be left to the garbage collector."""
    with anyio.CancelScope(shield=True):
        await connected.aclose()


def _packed(origin: str, event: Stored) -> bytes:
    head = [origin, event.id, event.type, event.time, event.seq, event.epoch]
    return json.dumps(head).encode() + b"\n" + event.body


def _unpacked(session: str, message: bytes) -> tuple[str, Stored]:
    """Raises `ValueError` or `TypeError` for what no bus has sent."""
    head, _, body = message.partition(b"\n")
    origin, id, type, time, seq, epoch = json.loads(head)  # noqa: A001
    event = Stored(
        id=id,
        type=type,
        time=float(time),
        session=session,
        seq=int(seq),
        epoch=int(epoch),
        body=body,
    )
    return origin, event
