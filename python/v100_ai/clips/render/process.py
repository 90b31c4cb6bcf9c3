"""A renderer: a process with limits that does one task, watched from outside and ended when it is not wanted any more."""

import json
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from v100_ai import clock, errors
from v100_ai.clips.render.task import Task
from v100_ai.errors import (
    GlyphMissing,
    NotMedia,
    NoVideo,
    RenderFailed,
    SettingRejected,
    SourceLost,
)
from v100_ai.worker.process import ENVIRONMENT, PASSED_ON

COMMAND: Final = (*("python", "-B", "-m", "v100_ai.clips.render.child"),)

LONGEST_LINE: Final = 64 << 20
GRACE_S: Final = 0.5
TOLD: Final = 2_000
"""Characters of its standard error that a failure quotes at most."""

OnProgress = Callable[[str, float], None]


class Cancelled(RenderFailed):
    """Nobody wants the clip any more."""


@dataclass(slots=True)
class Renderer:
    """A process at work on a task. `cancel` may be called from any thread."""

    task: Task
    process: "subprocess.Popen[bytes]"
    _cancelled: bool = field(default=False)

    def cancel(self) -> None:
        """End it; `outcome` then raises `Cancelled`."""
        self._cancelled = True
        _end(self.process)

    def outcome(self, progress: OnProgress | None = None) -> dict[str, Any]:
        """What it decided and made, told its progress on the way.

        Raises:
            RenderFailed: it could not, was cancelled, or came to an end by a limit.
            SourceLost: its source cannot be read.
            SettingRejected: its font cannot be used.
        """
        for message in self._messages():
            if "done" in message:
                done: dict[str, Any] = message["done"]
                return done
            if "failed" in message:
                raise _failure(message, self.task.source)
            if progress is not None:
                progress(str(message.get("stage")), float(message.get("progress", 0.0)))
        self.process.wait()
        if self._cancelled:
            raise Cancelled("cancelled")
        raise RenderFailed(_ended(self.process.returncode, self._said()))

    def _messages(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None  # noqa: S101  # a pipe
        buffer = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            deadline = clock.monotonic() + self.task.limits.opening
            while True:
                if not selector.select(max(0.0, deadline - clock.monotonic())):
                    _end(self.process)
                    raise RenderFailed("it stopped saying anything and was ended")
                piece = os.read(self.process.stdout.fileno(), 65_536)
                if not piece:
                    return
                buffer += piece
                deadline = clock.monotonic() + self.task.limits.silence
                *lines, rest = buffer.split(b"\n")
                buffer = bytearray(rest)
                if len(buffer) > LONGEST_LINE:
                    raise RenderFailed("expected shorter words from it")
                for line in lines:
                    yield _parsed(bytes(line))

    def _said(self) -> str:
        assert self.process.stderr is not None  # noqa: S101  # a pipe
        os.set_blocking(self.process.stderr.fileno(), False)
        return (self.process.stderr.read() or b"").decode(errors="replace").strip()[-TOLD:]


@contextmanager
def renderer(task: Task, *, command: Sequence[str] = ()) -> Iterator[Renderer]:
    """A renderer at work. It does not outlive the block, nor this process. Raises `OSError` where none can be started."""
    import sys  # noqa: PLC0415  # the interpreter alone

    environment = ENVIRONMENT | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    process = subprocess.Popen(  # noqa: S603  # our own program
        command or (sys.executable, *COMMAND[1:]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=environment,
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101  # a pipe
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(task.to_json())
            process.stdin.close()
        yield Renderer(task, process)
    finally:
        _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise RenderFailed(f"expected JSON from it, found {line[:100]!r}") from error
    if not isinstance(message, dict):
        raise RenderFailed(f"expected an object from it, found {line[:100]!r}")
    return message


def _failure(message: dict[str, Any], source: str) -> errors.V100Error:
    """The error that it told, as one of ours."""
    said = str(message.get("message", ""))[:TOLD]
    kind = message["failed"]
    if kind == "GlyphMissing":
        return GlyphMissing(str(message.get("character", "?"))[:1] or "?", "of the captions")
    for each in (NotMedia, NoVideo, SourceLost):
        if kind == each.__name__:
            return each(source, said.removeprefix(f"{source}: "))
    if kind == "SettingRejected":
        return SettingRejected(said)
    return RenderFailed(said)


def _ended(status: int, said: str) -> str:
    if status == -signal.SIGXCPU:
        return "expected progress before the processor time ran out"
    if "memory allocation" in said or "MemoryError" in said:
        return "expected to need less memory"
    return f"expected an outcome, found exit status {status}: {said}"


def absolute(path: str | Path) -> str:
    """A path for a process that stands elsewhere."""
    return str(Path(path).absolute())
