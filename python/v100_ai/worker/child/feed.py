"""Feed: frames read ahead by a thread of their own, so that decoding and measuring overlap."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Generic, Self, TypeVar

from v100_ai.errors import V100Error

Item = TypeVar("Item")

AHEAD: Final = 2
"""Frames that may wait."""

GLANCE_S: Final = 0.1
"""How often who waits for a frame looks after other things."""


class Feed(Generic[Item]):
    """What the reader gives, then the error that ended it, if one did.

    Of a live source the newest frames win: the oldest that waits gives way, and is counted in `dropped`. Other
    sources wait. `waiting` is called now and then while no frame is there.
    """

    def __init__(self, frames: Iterator[Item], waiting: Callable[[], None], *, lossy: bool) -> None:
        self._frames, self._waiting, self._lossy = frames, waiting, lossy
        self._slots = deque[Item]()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._stopped = self._ended = False
        self._error: Exception | None = None
        self.decoded = 0
        self.dropped = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        # The input may only be closed when nobody is inside it; FFmpeg waits no longer than its timeout.
        self._thread.join()

    def __iter__(self) -> Iterator[Item]:
        while (taken := self._take()) is not None:
            yield taken
        if self._error is not None:
            raise self._error

    def _take(self) -> Item | None:
        while True:
            with self._changed:
                if not self._slots and not self._ended:
                    self._changed.wait(GLANCE_S)
                if self._slots:
                    taken = self._slots.popleft()
                    self._changed.notify_all()
                    return taken
                if self._ended:
                    return None
            self._waiting()

    def _read(self) -> None:
        try:
            for frame in self._frames:
                if not self._put(frame):
                    return
        except (V100Error, MemoryError) as error:
            self._error = error
        except BaseException as error:
            self._error = RuntimeError(f"reader: {type(error).__name__}")
            raise
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, frame: Item) -> bool:
        """Offer a frame; whether somebody still listens."""
        with self._changed:
            while len(self._slots) >= AHEAD and not self._lossy and not self._stopped:
                self._changed.wait()
            if len(self._slots) >= AHEAD:
                self._slots.popleft()
                self.dropped += 1
            self._slots.append(frame)
            self.decoded += 1
            self._changed.notify_all()
            return not self._stopped
