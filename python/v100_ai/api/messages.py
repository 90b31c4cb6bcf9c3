"""What a socket says beside events: where a reader stands, that all is well, how its messages fared."""

from typing import Any, Literal

from v100_ai.session.settings import Model


class Hello(Model):
    """The first message: what stands now, for whoever joins late. The events after `after` follow."""

    type: Literal["hello"] = "hello"
    session: str
    epoch: int
    seq: int
    after: int
    state: dict[str, Any]


class Heartbeat(Model):
    """All is well."""

    type: Literal["heartbeat"] = "heartbeat"


class Resync(Model):
    """What would follow is not kept: there are the events from `first` to `last`. The socket is closed."""

    type: Literal["resync"] = "resync"
    epoch: int
    first: int
    last: int


class End(Model):
    """Nothing follows any more. The socket is closed."""

    type: Literal["end"] = "end"


class Ack(Model):
    """Message number `n` was taken in; `accepted` counts what was new of it."""

    type: Literal["ack"] = "ack"
    n: int
    accepted: int


class Failed(Model):
    """Message number `n` was not taken in, and why."""

    type: Literal["error"] = "error"
    n: int
    code: str
    detail: str


OUT = (Hello, Heartbeat, Resync, End)
"""What a reader of events is told beside them."""

ANSWERS = (Ack, Failed)
"""What whoever brings something in is told."""
