"""When a delivery is tried again, and when it is given up."""

from typing import Final

from v100_ai.delivery.answer import Answer
from v100_ai.records import Attempt, Delivery

DELAYS: Final = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds between attempts, of which there is one more: the schedule that Standard Webhooks recommends, 75.6 h."""

SPREAD: Final = 0.2
"""Part of a delay that chance adds to it, so that what failed together does not come back together."""

LONGEST_SPREAD: Final = 120.0
"""Seconds; keeps the whole schedule below 76 h."""


def attempt(delivery: Delivery, answer: Answer, *, now: float, chance: float) -> Attempt:
    """What becomes of the delivery. `delivery.attempts` are those before this one; `chance` is in 0 to 1."""
    done = answer.reason == "delivered"
    final = answer.reason in ("gone", "hopeless", "unsignable") or delivery.attempts >= len(DELAYS)
    if done or final:
        return Attempt(
            delivery=delivery.id,
            state="delivered" if done else "dead",
            status=answer.status,
            error=answer.error,
            due=now,
        )
    delay = DELAYS[delivery.attempts]
    delay += chance * min(SPREAD * delay, LONGEST_SPREAD)
    return Attempt(
        delivery=delivery.id,
        state="pending",
        status=answer.status,
        error=answer.error,
        due=now + max(delay, answer.wait or 0.0),
    )
