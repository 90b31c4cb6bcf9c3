"""Answer: how one request ended, and when the receiver wants to be asked again."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from v100_ai import retry

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
        asked = retry.retry_after(retry_after, now=now)
        pause = None if asked is None else min(asked, LONGEST_WAIT)
        return Answer(reason="busy", status=status, error=f"answered {status}", wait=pause)
    return Answer(reason="status", status=status, error=f"answered {status}")
