"""Y4M on a pipe: read forwards only, and counted so that a broken end is noticed."""

from dataclasses import dataclass
from io import BufferedIOBase

FRAME_MARK = b"FRAME"


@dataclass(slots=True)
class Counted:
    """Passes bytes on, and knows how many there were and how long the headers are."""

    pipe: BufferedIOBase
    total: int = 0
    stopped: OSError | KeyboardInterrupt | None = None
    """What ended it before its end. FFmpeg, which calls `read`, would swallow an exception."""
    _head: bytes = b""

    def read(self, size: int) -> bytes:
        """The next bytes of the pipe."""
        try:
            found = self.pipe.read1(size)
        except (OSError, KeyboardInterrupt) as stopped:
            self.stopped = stopped
            return b""
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
