"""Follower: where a reader of events stands, without a socket; it resumes there, whatever happened to the connection."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypedDict

from v100_ai.client.exchange import AWAY, problem
from v100_ai.client.results import Event, made
from v100_ai.errors import ApiError, HistoryLost, ServiceUnreachable
from v100_ai.events import SessionEnded
from v100_ai.retry import Backoff

SUBPROTOCOL: Final = "v100.v1"

SILENCE: Final = 45.0
"""Seconds without a word after which a connection is dead: the service speaks every 20."""

LARGEST: Final = 16 << 20
"""Bytes of one message."""

FIRST, LONGEST = 0.1, 10.0
"""Seconds of pause after a connection broke and at most; each is twice the last until an event arrives."""

PATIENCE: Final = 600.0
"""Seconds without contact after which the service is given up."""


class Broken(Exception):
    """The connection says what cannot be: another one is needed."""


class Following(TypedDict, total=False):
    """How events are followed. Raised are `HistoryLost`, `ServiceUnreachable`, and `ApiError` for good refusals."""

    after: int | Literal["latest"]
    """The number of the last event that was seen; 0 for all there are, the default."""
    epoch: int | None
    """That of the last event that was seen, where it is known."""
    types: Sequence[str]
    """Which types of events, or none for all."""
    samples: bool
    """Whether samples are wanted too: they are only live, have no number, and may be left out."""
    lost: Literal["raise", "continue"]
    """What is done when the event that follows is not kept: raise `HistoryLost`, or go on with what is."""
    patience: float
    """Seconds without contact after which the service is given up."""


@dataclass(slots=True, kw_only=True)
class Follower:
    """Takes messages in and gives each event out once, in order, with none left out.

    `after` and `epoch` are those of the last event that was seen. When what follows it is no longer there, it
    raises `HistoryLost`, or with `lost="continue"` goes on with what there is.
    """

    session: str
    after: int | Literal["latest"] = 0
    epoch: int | None = None
    types: Sequence[str] = ()
    samples: bool = False
    lost: Literal["raise", "continue"] = "raise"
    patience: float = PATIENCE
    now: Callable[[], float]
    chance: Callable[[], float] = random.random
    _done: bool = False
    _backoff: Backoff = field(default_factory=lambda: Backoff(FIRST, LONGEST))
    _heard: float | None = None
    _greeted: bool = False
    _partial: bool = False
    """Whether there are events that are not for this reader."""
    _newest: int = 0

    def ended(self) -> bool:
        """Whether the session has, and all of it was given out."""
        return self._done

    def query(self) -> dict[str, str]:
        """How the next connection is asked for."""
        self._greeted = False
        if self._heard is None:
            self._heard = self.now()
        query = {"after": str(self.after)}
        if self.epoch is not None:
            query["epoch"] = str(self.epoch)
        if self.types:
            query["types"] = ",".join(self.types)
        if self.samples:
            query["samples"] = "true"
        return query

    def take(self, text: str | bytes) -> Event | None:
        """The event that the message brings, if it is a new one.

        Raises:
            HistoryLost: see above.
        """
        message = _object(text)
        kind = message.get("type")
        if not self._greeted and kind not in ("hello", "resync"):
            raise Broken(f"expected hello, found {kind}")
        self._heard = self.now()
        match kind:
            case "hello":
                self._greet(message)
            case "heartbeat":
                return None
            case "resync":
                self._resync(message)
            case "end":
                self._end()
            case _:
                return self._event(message)
        return None

    def refused(self, status: int, content: bytes) -> float:
        """Seconds to wait after the service refused a connection with this answer.

        Raises:
            ApiError: it will always refuse it.
        """
        if status not in AWAY and status < 500:  # noqa: PLR2004
            raise problem(status, content)
        return self.broke(f"answered {status}")

    def broke(self, reason: str) -> float:
        """Seconds to wait after a connection broke, or none came about.

        Raises:
            ServiceUnreachable: there was no contact for too long.
        """
        silent = self.now() - (self.now() if self._heard is None else self._heard)
        if silent >= self.patience:
            raise ServiceUnreachable(f"no word from the service for {silent:.0f} s: {reason}")
        return self._backoff.wait(self.chance())

    def _greet(self, hello: dict[str, Any]) -> None:
        after = hello.get("after", self.after)
        if self.after == "latest":
            if not isinstance(after, int):
                raise Broken("expected to be told where the newest event is")
            self.after = after
        elif after != self.after:
            raise Broken(f"expected to go on after {self.after}, found {after}")
        newest = hello.get("seq")
        self._newest = newest if isinstance(newest, int) else 0
        self._greeted, self._partial = True, hello.get("partial") is True

    def _end(self) -> None:
        after = 0 if self.after == "latest" else self.after
        if after < self._newest and not self.types and not self._partial:
            raise Broken(f"expected event {after + 1}, found the end")
        self._done = True

    def _resync(self, message: dict[str, Any]) -> None:
        first, last, epoch = (message.get(name) for name in ("first", "last", "epoch"))
        if not isinstance(first, int) or not isinstance(last, int) or not isinstance(epoch, int):
            raise Broken("expected the first and the last event that are kept")
        after = 0 if self.after == "latest" else self.after
        if self.lost == "raise":
            raise HistoryLost(self.session, expected=after + 1, found=first)
        # What the reader saw of another history counts for nothing; what is kept of this one is all new.
        self.after, self.epoch = max(first - 1, 0), None

    def _event(self, message: dict[str, Any]) -> Event | None:
        try:
            event = made(Event, {"session": self.session, **message})
        except ApiError as error:
            raise Broken(error.detail) from None
        seq, epoch = message.get("seq"), message.get("epoch")
        if seq is None:
            return event if self.samples else None
        if not isinstance(seq, int) or not isinstance(epoch, int):
            raise Broken("expected the number and the epoch of an event")
        after = 0 if self.after == "latest" else self.after
        if seq <= after:
            return None
        if seq > after + 1 and not self.types and not self._partial:
            raise Broken(f"expected event {after + 1}, found {seq}")
        self.after, self.epoch = seq, epoch
        self._backoff.reset()
        self._done = event.type == SessionEnded.type
        return event


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Broken("expected JSON") from None
    if not isinstance(found, dict):
        raise Broken("expected an object")
    return found
