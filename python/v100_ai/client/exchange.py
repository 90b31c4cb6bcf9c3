"""One call as a conversation, without a socket: what to send, how long to wait, and what came of it."""

import json
import random
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from v100_ai import clock
from v100_ai.client.call import Call
from v100_ai.errors import ApiError, ServiceUnreachable
from v100_ai.retry import Backoff, retry_after

T = TypeVar("T")

TRIES: Final = 4
AWAY: Final = frozenset({429, 502, 503, 504})
"""Statuses that may be others in a moment."""

FIRST, LONGEST = 0.2, 5.0
"""Seconds of pause after the first failure and at most; each is twice the last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to be sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds to be waited."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its fields have names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer, and why."""

    reason: str


Step = Asked | Pause
Outcome = Told | Lost | None


def exchange(
    call: Call[T],
    *,
    chance: Callable[[], float] = random.random,
    wall: Callable[[], float] = clock.wall,
) -> Generator[Step, Outcome, T]:
    """Yields what is to be done and is sent what came of it; returns what the service answered.

    Raises:
        ApiError: the service refused the request, or what answered is not the service.
        ServiceUnreachable: there was no answer.
    """
    request, backoff = _request(call), Backoff(FIRST, LONGEST)
    for left in reversed(range(TRIES if call.repeatable else 1)):
        outcome = yield request
        if isinstance(outcome, Told) and outcome.status < 400:  # noqa: PLR2004
            return _read(call, outcome)
        away = not isinstance(outcome, Told) or outcome.status in AWAY
        if not left or not away:
            raise _failure(outcome)
        yield Pause(max(backoff.wait(chance()), _wait(outcome, wall())))
    raise AssertionError


def problem(status: int, content: bytes) -> ApiError:
    """The problem that an answer tells of (RFC 9457), or as much as is known without one."""
    try:
        found = json.loads(content)
        return ApiError(status, str(found["code"]), str(found["detail"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ApiError(status, "unknown", f"answered {status} without a problem to read")


def _request(call: Call[Any]) -> Asked:
    headers, content = {}, call.content
    if call.json is not None:
        content = json.dumps(call.json, allow_nan=False).encode()
    if content is not None:
        headers["content-type"] = call.kind
    if call.method == "POST" and call.repeatable:
        headers["idempotency-key"] = secrets.token_hex(16)
    return Asked(call.method, call.path, call.query, headers, content)


def _read(call: Call[T], told: Told) -> T:
    try:
        return call.read(told.content)
    except (ValueError, RecursionError):
        raise ApiError(told.status, "unreadable", "expected JSON of the service") from None


def _failure(outcome: Outcome) -> ApiError | ServiceUnreachable:
    if isinstance(outcome, Told):
        return problem(outcome.status, outcome.content)
    return ServiceUnreachable(outcome.reason if outcome is not None else "no answer")


def _wait(outcome: Outcome, now: float) -> float:
    """Seconds that the service asked for."""
    told = outcome.headers.get("retry-after") if isinstance(outcome, Told) else None
    return min(retry_after(told, now=now) or 0.0, LONGEST)
