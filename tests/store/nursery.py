"""The other end of `writing.py`: writers to be stopped and killed."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("writing.py")


@dataclass
class Nursery:
    """One writer at a time; `acked` is what all of them were told is durable: session, number, id."""

    process: subprocess.Popen[bytes]
    pid: int = 0
    dead: int = 0
    acked: list[tuple[str, int, str]] = field(default_factory=list)
    fenced: set[str] = field(default_factory=set)
    _rest: bytes = b""

    def start(self, sessions: Sequence[str], *, pause: float = 0.0) -> None:
        """A new writer, that takes the sessions from the last one; returns with its first event durable."""
        assert self.process.stdin is not None
        asked = {"sessions": list(sessions), "dead": [str(self.dead)], "pause": pause}
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        before = len(self.acked)
        self.fenced.clear()
        while len(self.acked) == before:
            self._hear(30.0)

    def listen(self, seconds: float) -> None:
        """Hear for so long what it writes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._hear(left)

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def until_fenced(self, sessions: int) -> None:
        while len(self.fenced) < sessions:
            assert self._hear(30.0), "the writer says nothing more"

    def kill(self) -> None:
        """All it was told until it is gone counts."""
        os.kill(self.pid, signal.SIGKILL)
        while self._hear(30.0) != "gone":
            pass

    def _hear(self, seconds: float) -> str:
        """Take in what was said, if something is within that time: the last word of it."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return ""
        said = os.read(self.process.stdout.fileno(), 1 << 16)
        assert said, "the process is gone"
        *lines, self._rest = (self._rest + said).split(b"\n")
        word = ""
        for line in lines:
            word, *rest = line.decode().split()
            if word == "ack":
                self.acked.append((rest[0], int(rest[1]), rest[2]))
            elif word == "gone":
                self.dead, self.pid = self.pid, 0
            elif word == "started":
                self.pid = int(rest[0])
            elif word == "fenced":
                self.fenced.add(rest[0])
        return word


@contextmanager
def nursery(url: str) -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Nursery(process)
    finally:
        # The whole group: a writer may still be there, or stopped.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
