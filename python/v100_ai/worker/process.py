"""Worker: a child process and its messages, for as long as a block."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Final, Self

import anyio
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.buffered import BufferedByteReceiveStream

from v100_ai.worker.messages import LENGTH, Cause, Died, Ended, Message, Refused
from v100_ai.worker.order import Order
from v100_ai.worker.redaction import Redaction
from v100_ai.worker.spec import Spec
from v100_ai.worker.wire import Garbled, length, parsed

COMMAND: Final = (sys.executable, "-B", "-m", "v100_ai.worker")

GRACE_S: Final = 0.5
"""How long a child that is told to go may take to say goodbye to its camera."""

LINES: Final = 20
"""Lines of its standard error that are kept."""

LINE: Final = 500
"""Characters of such a line that are kept."""

ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "PYTHONSAFEPATH": "1",
}
"""All that a child learns of the service's surroundings. Arenas and idle threads would take address space."""

PASSED_ON: Final = ("SSL_CERT_DIR", "SSL_CERT_FILE", "V100_AI_CPU")
"""What it is told of an operator's wishes: whose certificates count, and which instructions may be used."""


@dataclass(slots=True)
class Worker:
    """Messages of a child, the last of which says how it ended. Iterate once."""

    process: Process
    spec: Spec
    stderr: int
    last: Ended | Refused | Died | None = None
    _order: Order = field(default_factory=Order)
    _due: int | None = None
    _buffer: BufferedByteReceiveStream = field(init=False)
    _redaction: Redaction = field(init=False)

    def __post_init__(self) -> None:
        self._buffer = BufferedByteReceiveStream(_piped(self.process))
        self._redaction = Redaction.of(self.spec)

    @property
    def pid(self) -> int:
        """The child's."""
        return self.process.pid

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
        limits = self.spec.limits
        cause: Cause = "silence" if self._order.opened else "opening"
        seconds = limits.silence if self._order.opened else limits.opening
        try:
            with anyio.fail_after(seconds):
                message = parsed(await self._body())
            self._order.check(message)
        except TimeoutError:
            return await self._dead(cause, f"expected a word within {seconds:g} s")
        except Garbled as garbled:
            return await self._dead("protocol", str(garbled))
        except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError):
            return await self._dead()
        return message

    async def _body(self) -> bytes:
        """The next message's bytes; who is cancelled in between loses none of them."""
        if self._due is None:
            self._due = length(await self._buffer.receive_exactly(LENGTH))
        body = await self._buffer.receive_exactly(self._due)
        self._due = None
        return body

    async def _dead(self, cause: Cause | None = None, detail: str = "") -> Died:
        """The child is killed for that cause; without one it is gone by itself, and its status says why."""
        return await died(self.process, self.stderr, cause, detail)


async def died(process: Process, stderr: int, cause: Cause | None = None, detail: str = "") -> Died:
    """The child is killed for that cause; without one it is gone by itself, and its status says why."""
    if cause is not None:
        _send(process, signal.SIGKILL)
    with anyio.move_on_after(GRACE_S):
        await process.wait()
    await ended(process)
    lines = _lines(stderr)
    if cause is None:
        cause, detail = _judged(process.returncode or 0, lines)
    return Died(cause=cause, detail=detail, stderr=lines)


@asynccontextmanager
async def start(spec: Spec, *, command: Sequence[str] = COMMAND) -> AsyncIterator[Worker]:
    """A child at work on the spec. It does not outlive the block, nor this process.

    Raises `OSError` where no process can be started.
    """
    async with launched(command) as (process, heard):
        await _brief(process, spec)
        yield Worker(process, spec, heard)


@asynccontextmanager
async def launched(
    command: Sequence[str], keeps: Sequence[int] = ()
) -> AsyncIterator[tuple[Process, int]]:
    """A child, and where its standard error ends up; it has the descriptors it `keeps`, and is gone after the block.

    Raises `OSError` where no process can be started.
    """
    heard, said = os.pipe()
    try:
        # The kernel bounds what a child can say: once the pipe is full, nothing more goes in and nobody waits.
        os.set_blocking(said, False)
        os.set_blocking(heard, False)
        environment = ENVIRONMENT | {
            name: os.environ[name] for name in PASSED_ON if name in os.environ
        }
        try:
            process = await anyio.open_process(
                command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=said,
                cwd="/",
                env=environment,
                start_new_session=True,
                pass_fds=keeps,
            )
        finally:
            os.close(said)
        try:
            yield process, heard
        finally:
            with anyio.CancelScope(shield=True):
                await ended(process)
                await process.aclose()
    finally:
        os.close(heard)


async def ended(process: Process) -> None:
    """The process is gone: asked first, then killed."""
    if process.returncode is None:
        _send(process, signal.SIGTERM)
        with anyio.move_on_after(GRACE_S):
            await process.wait()
    if process.returncode is None:
        _send(process, signal.SIGKILL)
        await process.wait()


def _send(process: Process, number: signal.Signals) -> None:
    """Signal a process that has not been waited for: `subprocess` would wait for it, and take its status."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


async def _brief(process: Process, spec: Spec) -> None:
    if process.stdin is None:
        raise AssertionError("expected a pipe to the child")
    try:
        await process.stdin.send(spec.to_json())
        await process.stdin.aclose()
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        # It is gone already; reading from it tells why.
        return


def _piped(process: Process) -> ByteReceiveStream:
    if process.stdout is None:
        raise AssertionError("expected a pipe from the child")
    return process.stdout


def _lines(descriptor: int) -> tuple[str, ...]:
    """The last lines in a pipe that nobody writes to any more."""
    found = bytearray()
    while True:
        try:
            piece = os.read(descriptor, 65_536)
        except BlockingIOError:
            break
        if not piece:
            break
        found += piece
    lines = found.decode(errors="replace").splitlines()
    return tuple(line[:LINE] for line in lines if line.strip())[-LINES:]


def _judged(status: int, lines: Sequence[str]) -> tuple[Cause, str]:
    """What an exit status says, and what the process said before."""
    if status >= 0:
        return "exit", f"expected a last word, found exit status {status}"
    number = -status
    if number == signal.SIGXCPU:
        return "cpu", "expected a frame before the processor time ran out"
    if number == signal.SIGABRT and any("memory allocation" in line for line in lines):
        return "memory", "expected to need less memory"
    return "signal", signal.strsignal(number) or f"signal {number}"
