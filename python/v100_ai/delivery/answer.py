"""Answer: how one request ended, and when the receiver wants to be asked again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal, get_args

Reason = Literal[
    "delivered",
    "busy",
    "connection",
    "gone",
    "hopeless",
    "protocol",
    "redirect",
    "refused",
    "status",
    "timeout",
    "unsignable",
]
"""`busy`: 429, 502, 503 or 504. `hopeless`: not sent, and never to be. `refused`: the address may not be connected to. `status`: any other."""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses whose `Retry-After` is kept to (Standard Webhooks)."""

GONE: Final = 410

LONGEST_WAIT: Final = 3600.0
"""Seconds; a `Retry-After` beyond is taken as this much. The schedule waits longer by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of sending. `error` is for people; `wait` is in seconds."""

    reason: Reason
    status: int | None = None
    error: str | None = None
    wait: float | None = None


def answer(status: int, retry_after: str | None, *, now: float) -> Answer:
    """The answer that an HTTP status is; only 2xx means that the event was taken."""
    if 200 <= status < 300:  # noqa: PLR2004
        return Answer(reason="delivered", status=status)
    if status == GONE:
        return Answer(reason="gone", status=status, error="410: wants no more events")
    if 300 <= status < 400:  # noqa: PLR2004
        return Answer(
            reason="redirect", status=status, error=f"{status}: redirects are not followed"
        )
    if status in BUSY:
        pause = wait(retry_after, now=now)
        return Answer(reason="busy", status=status, error=f"answered {status}", wait=pause)
    return Answer(reason="status", status=status, error=f"answered {status}")


def wait(retry_after: str | None, *, now: float) -> float | None:
    """Seconds to wait by a `Retry-After` header, given as seconds or as a date; `None` where it says nothing."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
