"""Decoder: a child process that decodes the encoded frames of a room, for as long as a block."""

import mmap
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from v100_ai.worker.encoded import EncodedFrame, TapSpec
from v100_ai.worker.messages import LENGTH, Cause, Died, Message, Refused
from v100_ai.worker.process import COMMAND, died, launched
from v100_ai.worker.wire import Garbled, length, parsed

MOST_WAITING: Final = 2 << 20
"""Bytes of frames that wait for the child at most: of ten participants at 500 kbit/s for three seconds."""

NOBODY: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class TrackTold:
    """What a child says, and of which track; `None` where it is the child's own word."""

    track: int | None
    message: Message


@dataclass(slots=True)
class Decoder:
    """Frames in by `offer`, messages out by `next`, until one is `Refused` or `Died`."""

    process: Process
    spec: TapSpec
    stderr: int
    at_work: mmap.mmap
    _waiting: deque[bytes] = field(default_factory=deque[bytes])
    _held: int = 0
    _arrived: anyio.Event = field(default_factory=anyio.Event)
    _due: tuple[int, int] | None = None
    _unanswered: bool = False
    _buffer: BufferedByteReceiveStream = field(init=False)

    def __post_init__(self) -> None:
        assert self.process.stdout is not None  # noqa: S101  # a pipe
        self._buffer = BufferedByteReceiveStream(self.process.stdout)

    @property
    def pid(self) -> int:
        """The child's."""
        return self.process.pid

    @property
    def room(self) -> bool:
        """Whether at least half of what may wait for the child is free."""
        return self._held * 2 <= MOST_WAITING

    def offer(self, frame: EncodedFrame) -> bool:
        """Send a frame on its way; whether there was room for it."""
        if frame.data and self._held + len(frame.data) > MOST_WAITING:
            return False
        record = frame.packed()
        self._waiting.append(record)
        self._held += len(record)
        self._arrived.set()
        return True

    async def next(self) -> TrackTold:
        """The next message, in any order of tracks; the last one is `Died` or `Refused`."""
        silence = self.spec.limits.silence
        while True:
            self._unanswered = False
            try:
                with anyio.fail_after(silence):
                    return await self._told()
            except TimeoutError:
                # Nothing was said since nothing was asked.
                if not self._unanswered and not self._held:
                    continue
                return await self._dead("silence", f"expected a word within {silence:g} s")
            except Garbled as garbled:
                return await self._dead("protocol", str(garbled))
            except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError):
                return await self._dead()

    async def send(self) -> None:
        """Write what is offered, until cancelled or the child is gone."""
        stdin = self.process.stdin
        assert stdin is not None  # noqa: S101  # a pipe
        try:
            text = self.spec.to_json()
            await stdin.send(len(text).to_bytes(LENGTH, "little") + text)
            while True:
                while self._waiting:
                    record = self._waiting.popleft()
                    await stdin.send(record)
                    self._held -= len(record)
                    self._unanswered = True
                self._arrived = anyio.Event()
                await self._arrived.wait()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return  # reading tells why

    async def _told(self) -> TrackTold:
        """The next message; who is cancelled in between loses none of its bytes."""
        if self._due is None:
            head = await self._buffer.receive_exactly(2 * LENGTH)
            self._due = int.from_bytes(head[:LENGTH], "little"), length(head[LENGTH:])
        track, size = self._due
        body = await self._buffer.receive_exactly(size)
        self._due = None
        return TrackTold(None if track == NOBODY else track, parsed(body))

    async def _dead(self, cause: Cause | None = None, detail: str = "") -> TrackTold:
        last = await died(self.process, self.stderr, cause, detail)
        track = int.from_bytes(self.at_work[:], "little")
        return TrackTold(None if track == NOBODY else track, last)


LAST: Final = (Refused, Died)
"""Kinds of messages after which nothing more comes."""


@asynccontextmanager
async def decoding(spec: TapSpec, *, command: Sequence[str] = COMMAND) -> AsyncIterator[Decoder]:
    """A child that decodes what it is offered. It does not outlive the block, nor this process.

    Raises `OSError` where no process can be started.
    """
    with tempfile.TemporaryFile() as cell:
        # What the child writes there outlives it, whatever kills it.
        cell.write(NOBODY.to_bytes(LENGTH, "little"))
        cell.flush()
        number = cell.fileno()
        with mmap.mmap(number, LENGTH) as at_work:
            async with launched((*command, str(number)), [number]) as (process, stderr):
                decoder = Decoder(process, spec, stderr, at_work)
                async with anyio.create_task_group() as group:
                    group.start_soon(decoder.send)
                    yield decoder
                    group.cancel_scope.cancel()
