"""Counts: what the dispatcher did since it was made, for whoever exports it."""

from collections import Counter
from dataclasses import dataclass, field

from v100_ai.delivery.answer import Answer, Reason
from v100_ai.records import Attempt


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
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])

    def add(self, answer: Answer, attempt: Attempt, *, earlier: int) -> None:
        """One attempt, with how many came before it."""
        self.reasons[answer.reason] += 1
        self.delivered += attempt.state == "delivered"
        self.failed += attempt.state != "delivered"
        self.dead += attempt.state == "dead"
        self.retried += earlier > 0
