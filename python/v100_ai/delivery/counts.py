"""Counts: what the dispatcher did since it was made, for whoever exports it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from v100_ai.delivery.answer import Answer, Reason
from v100_ai.records import Attempt, Endpoint

Outcome = Literal["delivered", "failed", "dead"]
"""Of an attempt: `failed` is tried again, `dead` is not."""

OF_SESSION: Final = "session"
OTHERS: Final = "others"
MOST_NAMED: Final = 3_000
"""Endpoints times outcomes that are told apart."""


@dataclass(slots=True)
class Counts:
    """Counters that only grow, and how many requests are under way."""

    delivered: int = 0
    failed: int = 0
    """Attempts that failed, whatever became of the delivery."""
    retried: int = 0
    """Attempts that were not the delivery's first."""
    dead: int = 0
    disabled: int = 0
    """Endpoints that were disabled."""
    unavailable: int = 0
    """Times that the database did not answer."""
    in_flight: int = 0
    endpoints: Counter[tuple[str, Outcome]] = field(default_factory=Counter[tuple[str, Outcome]])
    """Attempts by endpoint and what became of them; those of endpoints for one session are under `session`."""
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])

    def add(self, answer: Answer, attempt: Attempt, *, earlier: int, to: Endpoint | None) -> None:
        """One attempt, with how many came before it, and the endpoint it went to if that is there."""
        named = OF_SESSION if to is None or to.session is not None else to.id
        outcome: Outcome = "failed" if attempt.state == "pending" else attempt.state
        if (named, outcome) not in self.endpoints and len(self.endpoints) >= MOST_NAMED:
            named = OTHERS
        self.endpoints[named, outcome] += 1
        self.reasons[answer.reason] += 1
        self.delivered += attempt.state == "delivered"
        self.failed += attempt.state != "delivered"
        self.dead += attempt.state == "dead"
        self.retried += earlier > 0
