"""The envelope, the same on WebSocket, webhook and history."""

import json
from datetime import UTC, datetime
from typing import Final

from v100_ai.events.numbers import plain
from v100_ai.records import Json

SAMPLE: Final = "frame.sample"
"""The type of what is live only, and kept nowhere: the newest frame's readings."""

TEST: Final = "webhook.test"
"""The type of what a webhook is sent that is tried: it means nothing."""

FIELDS: Final = ("id", "type", "time", "session", "seq", "epoch", "data")


def body(*, id: str, type: str, at: float, session: str, seq: int, epoch: int, data: Json) -> bytes:  # noqa: A002
    """The envelope as UTF-8 JSON, without a space or a line break in it.

    `at` is seconds since 1970, written as RFC 3339 in UTC. Raises `ValueError` on NaN and infinity: JSON has
    neither.
    """
    fields = (id, type, rfc3339(at), session, seq, epoch, data)
    envelope = dict(zip(FIELDS, fields, strict=True))
    return json.dumps(envelope, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def sample(*, session: str, data: Json) -> bytes:
    """What is live only: a sample without an id, a number or a place in the log."""
    finite = {name: plain(value) for name, value in data.items()}
    told = {"type": SAMPLE, "session": session, "data": finite}
    return json.dumps(told, allow_nan=False, separators=(",", ":")).encode()


def rfc3339(at: float) -> str:
    """Seconds since 1970 as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(round(at, 3), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
