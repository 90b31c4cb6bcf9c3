"""Order: which message of a source may come after which."""

from dataclasses import dataclass

from v100_ai.worker.messages import Ended, Message, Opened, Readings, Refused
from v100_ai.worker.wire import Garbled


@dataclass(slots=True)
class Order:
    """Of one source's messages; it is told once, and first, that it is open."""

    opened: bool = False
    _frame: int = -1

    def check(self, message: Message) -> None:
        """Raises `Garbled` for a message that does not belong here."""
        match message:
            case Opened() if self.opened:
                raise Garbled("expected to be told once that the source is open")
            case Opened():
                self.opened = True
            case Ended() | Refused():
                pass
            case _ if not self.opened:
                raise Garbled("expected to be told first that the source is open")
            case Readings():
                if message.frames[0] <= self._frame:
                    raise Garbled("expected numbers of frames that rise")
                self._frame = message.frames[-1]
            case _:
                pass
