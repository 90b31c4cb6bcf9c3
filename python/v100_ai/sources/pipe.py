"""Y4M on a pipe: read forwards only, and counted so that a broken end is noticed."""

from dataclasses import dataclass
from typing import Protocol

FRAME_MARK = b"FRAME"


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(slots=True)
class Counted:
    """Passes bytes on, and knows how many there were and how long the headers are."""

    pipe: Readable
    total: int = 0
    _head: bytes = b""

    def read(self, size: int) -> bytes:
        """The next bytes of the pipe."""
        found = self.pipe.read(size)
        self.total += len(found)
        if self._head.count(b"\n") < 2:  # noqa: PLR2004 - stream header, first frame header
            self._head += found
        return found

    def left_over(self, frames: int, samples: int) -> int:
        """Bytes that belong to no whole frame, after `frames` frames with `samples` bytes in all."""
        lines = self._head.split(b"\n", 2)
        if len(lines) < 2 or not lines[1].startswith(FRAME_MARK):  # noqa: PLR2004
            return 0
        return self.total - (len(lines[0]) + 1) - frames * (len(lines[1]) + 1) - samples
