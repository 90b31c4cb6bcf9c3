"""Worker that holds several sources: one child, whose messages are handed to the track that they are of."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from v100_ai.worker.messages import LENGTH, Cause, Died, Ended, Last, Message, Refused
from v100_ai.worker.order import Order
from v100_ai.worker.process import died, launched
from v100_ai.worker.redaction import Redaction
from v100_ai.worker.spec import Spec
from v100_ai.worker.tracks import ALL, NUMBER, Shared, record
from v100_ai.worker.wire import Garbled, length, parsed

SHARED: Final = (sys.executable, "-B", "-m", "v100_ai.worker.child.shared")

WAITING: Final = 8
"""Messages of a track that may wait for whoever reads it; then the others wait, too."""


@dataclass(slots=True)
class Track:
    """Messages of one source, the last of which says how it ended. Iterate once."""

    number: int
    spec: Spec
    worker: "Worker"
    order: Order = field(default_factory=Order)
    last: Last | None = None
    inlet: MemoryObjectSendStream[Message] = field(init=False)
    _outlet: MemoryObjectReceiveStream[Message] = field(init=False)
    _redaction: Redaction = field(init=False)

    def __post_init__(self) -> None:
        self.inlet, self._outlet = anyio.create_memory_object_stream[Message](WAITING)
        self._redaction = Redaction.of(self.spec)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told of its URL."""
        return self._redaction.secrets

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        if self.last is not None:
            raise StopAsyncIteration
        message = self._redaction.message(await self._next())
        if isinstance(message, Ended | Refused | Died):
            self.last = message
        return message

    async def _next(self) -> Message:
        while True:
            limits, opened = self.spec.limits, self.order.opened
            seconds = limits.silence if opened else limits.opening
            try:
                with anyio.fail_after(seconds):
                    return await self._outlet.receive()
            except TimeoutError:
                # It is not the child that is silent while another track's words wait for their reader.
                if not self.worker.handing:
                    cause: Cause = "silence" if opened else "opening"
                    self.worker.condemn(cause, f"expected a word within {seconds:g} s")

    async def close(self) -> None:
        """Nobody reads it any more."""
        await self.worker.close(self)
        self.inlet.close()
        self._outlet.close()


@dataclass(slots=True)
class Worker:
    """One child, from `run` until its last track is closed, or until something ends it."""

    shared: Shared
    command: Sequence[str] = SHARED
    tracks: dict[int, Track] = field(default_factory=dict[int, Track])
    over: bool = False
    """Whether it takes no more tracks."""
    handing: bool = False
    """Whether a message waits for the reader of its track."""
    process: Process | None = None
    _count: int = 0
    _failed: OSError | None = None
    _cause: Cause | None = None
    _detail: str = ""
    _started: anyio.Event = field(default_factory=anyio.Event)
    _scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    _turn: anyio.Lock = field(default_factory=anyio.Lock)

    async def run(self) -> None:
        """Start the child and hand its messages out, until it is gone."""
        try:
            async with launched(self.command) as (process, stderr):
                self.process = process
                await self._send(record(ALL, self.shared.to_json()))
                self._started.set()
                with self._scope:
                    await self._hand_out(process)
                self.over = True
                if self.tracks:
                    last = await died(process, stderr, self._cause, self._detail)
                    await self._tell_all(last)
        except OSError as refused:
            self._failed = refused
        finally:
            self.over = True
            self._started.set()

    async def open(self, spec: Spec) -> Track:
        """Begin a source. Raises `OSError` where the process could not be started."""
        self._count += 1
        track = self.tracks[self._count] = Track(self._count, spec, self)
        try:
            await self._started.wait()
            await self._send(record(track.number, spec.to_json()))
        except BaseException:
            with anyio.CancelScope(shield=True):
                await track.close()
            raise
        if self._failed is not None:
            await track.close()
            raise self._failed
        return track

    async def close(self, track: Track) -> None:
        """End a source, and with the last of them the process."""
        if self.tracks.pop(track.number, None) is None:
            return
        if not self.tracks:
            self.over = True
            self._scope.cancel()
        elif not self.over:
            await self._send(record(track.number, b""))

    def condemn(self, cause: Cause, detail: str) -> None:
        """The child is to be killed for that."""
        self._cause, self._detail = cause, detail
        self._scope.cancel()

    async def _send(self, content: bytes) -> None:
        if self.process is None or self.process.stdin is None:
            return
        # It may be gone already; reading from it tells why.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            async with self._turn:
                await self.process.stdin.send(content)

    async def _hand_out(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101  # a pipe
        buffer = BufferedByteReceiveStream(process.stdout)
        try:
            while True:
                head = await buffer.receive_exactly(NUMBER + LENGTH)
                number, size = int.from_bytes(head[:NUMBER], "little"), length(head[NUMBER:])
                message = parsed(await buffer.receive_exactly(size))
                if (track := self._known(number)) is not None:
                    track.order.check(message)
                    await self._hand(track, message)
        except Garbled as garbled:
            self._cause, self._detail = "protocol", str(garbled)
        except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError):
            return

    def _known(self, number: int) -> Track | None:
        """The track of that number; nothing for one that was closed. Raises `Garbled`."""
        if not 0 < number <= self._count:
            raise Garbled(f"expected the number of a track, found {number}")
        return self.tracks.get(number)

    async def _hand(self, track: Track, message: Message) -> None:
        self.handing = True
        try:
            # Whoever closed it in the meantime wants no more of it.
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await track.inlet.send(message)
        finally:
            self.handing = False

    async def _tell_all(self, last: Died) -> None:
        """Every track that did not say its own last word has ended so, and no line of it tells another's secrets."""
        tracks = list(self.tracks.values())
        secrets = sorted({each for one in tracks for each in one.secrets}, key=len, reverse=True)
        hidden = Redaction(tuple(secrets)).message(last)
        for track in tracks:
            await self._hand(track, hidden)
