"""The life of a child that decodes a room: encoded frames on standard input, each track's messages on standard output."""

import mmap
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from v100_ai import clock
from v100_ai.errors import V100Error
from v100_ai.worker.child.confinement import Budget, confine
from v100_ai.worker.child.decoding import Picture, Sound
from v100_ai.worker.child.main import Stopped, stop
from v100_ai.worker.child.opening import NO_PORT
from v100_ai.worker.child.sender import into
from v100_ai.worker.encoded import HEAD, SOUND, EncodedFrame, TapSpec, head
from v100_ai.worker.messages import LENGTH, Refused
from v100_ai.worker.wire import LONGEST_WORD, packed

IDLE_S: Final = 0.25
"""How long nothing may come before what waits is sent."""
PIECE: Final = 1 << 16
NOBODY: Final = 0xFFFF_FFFF
"""In place of a track's number: none is being decoded."""


def main(cell: int) -> NoReturn:
    """Decode what comes until it ends. `cell` is a file that says whose frame is at work, for whoever asks after a crash."""
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    source = sys.stdin.fileno()
    at_work = mmap.mmap(cell, LENGTH)
    reader = Reader(source)
    spec = TapSpec.from_json(reader.exactly(int.from_bytes(reader.exactly(LENGTH), "little")))
    write = into(out)
    nobody = NOBODY.to_bytes(LENGTH, "little")
    starved = nobody + packed(
        Refused(error="MemoryError", message=f"expected to need {spec.limits.memory} bytes at most")
    )
    signal.signal(signal.SIGTERM, stop)
    confine(spec.limits, files=(), port=NO_PORT)
    try:
        Tracks(spec, write, at_work).through(reader)
    except MemoryError:
        write(starved)
    except V100Error as refused:
        message = str(refused)[:LONGEST_WORD]
        write(nobody + packed(Refused(error=type(refused).__name__, message=message)))
    except (Stopped, BrokenPipeError):
        pass
    os._exit(0)


class Ended(Exception):
    """Nothing more comes."""


@dataclass(slots=True)
class Reader:
    """Bytes of a pipe, as many as are asked for. `idle` is called when nothing comes for a while."""

    descriptor: int
    idle: Callable[[], None] = lambda: None
    _buffer: bytearray = field(default_factory=bytearray)

    def exactly(self, size: int) -> bytes:
        """The next bytes. Raises `Ended`."""
        while len(self._buffer) < size:
            ready, _, _ = select.select([self.descriptor], [], [], IDLE_S)
            if not ready:
                self.idle()
                continue
            piece = os.read(self.descriptor, PIECE)
            if not piece:
                raise Ended
            self._buffer += piece
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def frames(self) -> Iterator[EncodedFrame]:
        """Records until their end."""
        try:
            while True:
                size, told = head(self.exactly(HEAD))
                yield replace(told, data=self.exactly(size))
        except Ended:
            return


@dataclass(slots=True)
class Tracks:
    """All tracks of a room, each with its own decoder."""

    spec: TapSpec
    write: Callable[[bytes], None]
    at_work: mmap.mmap
    budget: Budget = field(init=False)
    tracks: dict[int, Picture | Sound] = field(default_factory=dict[int, Picture | Sound])

    def __post_init__(self) -> None:
        self.budget = Budget(self.spec.limits.cpu)

    def through(self, reader: Reader) -> None:
        """Until nothing more comes."""
        self.budget.renew()
        reader.idle = self._lapse
        for frame in reader.frames():
            self.at_work[:] = frame.track.to_bytes(LENGTH, "little")
            self._take(frame)
            self.at_work[:] = NOBODY.to_bytes(LENGTH, "little")
            self.budget.renew()
            self._lapse()
        for track in self.tracks.values():
            track.close()

    def _take(self, frame: EncodedFrame) -> None:
        track = self.tracks.get(frame.track)
        if track is not None and (not frame.data or frame.codec != track.codec):
            track.close()
            del self.tracks[frame.track]
            track = None
        if not frame.data:
            return
        if track is None:
            track = self.tracks[frame.track] = self._opened(frame)
        track.take(frame)

    def _opened(self, frame: EncodedFrame) -> Picture | Sound:
        before = frame.track.to_bytes(LENGTH, "little")

        def write(content: bytes) -> None:
            self.write(before + content)

        if frame.codec == SOUND:
            return Sound(write, clock.monotonic)
        return Picture(frame.codec, self.spec.layers, write, clock.monotonic)

    def _lapse(self) -> None:
        for track in self.tracks.values():
            track.lapse()
