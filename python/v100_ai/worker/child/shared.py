"""`python -m v100_ai.worker.child.shared`: a child that holds several sources, each read in threads of its own.

They share its limits, which grow by a share for each, and its end: what kills it ends them all, and each is begun
again elsewhere. A track that is to end notices it at its next frame, or when its input gives up waiting.
"""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NoReturn

from v100_ai import clock
from v100_ai.worker.child.confinement import confine, mapped
from v100_ai.worker.child.main import Stopped, run, stop
from v100_ai.worker.child.opening import reach
from v100_ai.worker.child.sender import Sender, into
from v100_ai.worker.messages import LENGTH, Refused
from v100_ai.worker.spec import Limits, Spec
from v100_ai.worker.tracks import NUMBER, Shared
from v100_ai.worker.wire import packed

STACKS: Final = 64 << 20
"""Bytes of address space that a track's threads may need for themselves."""


def main() -> NoReturn:
    """Do what comes on standard input until it ends, and leave the process."""
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        records = _records()
        shared = Shared.from_json(next(records)[1])
        signal.signal(signal.SIGTERM, stop)
        memory = Memory(shared.spec.limits, shared.most)
        files, port = reach(shared.spec)
        beneath = None if shared.beneath is None else Path(shared.beneath)
        confine(memory.most, files=files, port=port, beneath=beneath)
        Tracks(into(out), memory).through(records)
    except (Stopped, BrokenPipeError, StopIteration):
        pass
    os._exit(0)


def _records() -> Iterator[tuple[int, bytes]]:
    source = sys.stdin.buffer
    while len(head := source.read(NUMBER + LENGTH)) == NUMBER + LENGTH:
        body = source.read(int.from_bytes(head[NUMBER:], "big"))
        yield int.from_bytes(head[:NUMBER], "little"), body


@dataclass(slots=True)
class Memory:
    """How much the process may take: a share for each track that it held at once."""

    limits: Limits
    tracks: int
    before: int = field(default_factory=mapped)
    """Bytes that the program itself has mapped."""
    _held: int = 0

    @property
    def most(self) -> Limits:
        """Of all tracks there may be."""
        one = self.limits
        return replace(
            one, memory=(one.memory + STACKS) * self.tracks, files=one.files * self.tracks
        )

    def hold(self, tracks: int) -> None:
        """So many are open now. What was granted is not taken back: what another freed may still be mapped."""
        if tracks > self._held:
            self._held = tracks
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            wanted = self.before + (self.limits.memory + STACKS) * tracks
            resource.setrlimit(resource.RLIMIT_AS, (min(wanted, most), most))


@dataclass(slots=True)
class Tracks:
    """All tracks of the process."""

    write: Callable[[bytes], None]
    memory: Memory
    _open: dict[int, threading.Event] = field(default_factory=dict[int, threading.Event])
    _whole: threading.Lock = field(default_factory=threading.Lock)

    def through(self, records: Iterator[tuple[int, bytes]]) -> None:
        """Until nothing more comes."""
        for track, body in records:
            if body:
                self._begin(track, Spec.from_json(body))
            elif (closed := self._open.get(track)) is not None:
                closed.set()

    def _begin(self, track: int, spec: Spec) -> None:
        closed = self._open[track] = threading.Event()
        self.memory.hold(len(self._open))
        threading.Thread(target=self._run, args=(track, spec, closed), daemon=True).start()

    def _run(self, track: int, spec: Spec, closed: threading.Event) -> None:
        number = track.to_bytes(NUMBER, "little")

        def write(content: bytes) -> None:
            check()
            with self._whole:
                self.write(number + content)

        def check() -> None:
            if closed.is_set():
                raise Stopped

        starved = packed(
            Refused(
                error="MemoryError", message=f"expected to need {spec.limits.memory} bytes at most"
            )
        )
        try:
            run(spec, Sender(write, clock.monotonic), check)
        except MemoryError:
            write(starved)
        except Stopped:
            pass
        except BrokenPipeError:
            os._exit(0)
        finally:
            self._open.pop(track, None)


if __name__ == "__main__":
    main()
