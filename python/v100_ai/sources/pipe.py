"""Standard input: read forwards only, and counted so that a broken end is noticed."""

from dataclasses import dataclass
from io import BufferedIOBase
from typing import Final

MAGIC: Final = b"YUV4MPEG2"
"""How Y4M begins."""

HEAD: Final = 4096
"""Bytes from the beginning that are kept, to tell what came."""


@dataclass(slots=True)
class Counted:
    """Passes bytes on, and knows how many there were."""

    pipe: BufferedIOBase
    total: int = 0
    stopped: OSError | KeyboardInterrupt | None = None
    """What ended it before its end. FFmpeg, which calls `read`, would swallow an exception."""
    raw: bool = False
    """Whether frames follow each other without a container: what is left over belongs to no whole frame."""
    head: bytes = b""
    _given: int = 0
    """Bytes of the head that were passed on."""

    def peek(self) -> bytes:
        """Enough of the beginning to tell what it is; what is read for that is passed on later."""
        while len(self.head) < len(MAGIC):
            found = self._read(HEAD)
            if not found:
                break
            self.head += found
        return self.head

    def read(self, size: int) -> bytes:
        """The next bytes of the pipe."""
        if self._given < len(self.head):
            found = self.head[self._given : self._given + size]
            self._given += len(found)
        else:
            found = self._read(size)
            if len(self.head) < HEAD:
                self.head += found[: HEAD - len(self.head)]
                self._given = len(self.head)
        self.total += len(found)
        return found

    def _read(self, size: int) -> bytes:
        try:
            return self.pipe.read1(size)
        except (OSError, KeyboardInterrupt) as stopped:
            self.stopped = stopped
            return b""
