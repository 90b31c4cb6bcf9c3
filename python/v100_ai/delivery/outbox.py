"""Outbox: what the dispatcher asks of whoever keeps the deliveries. Every method is one transaction."""

from collections.abc import Collection, Sequence
from typing import Protocol

from v100_ai.records import Attempt, Delivery, Endpoint


class Outbox(Protocol):
    """Deliveries that are kept until they are delivered or dead. Called from threads, several at a time.

    Every method raises `StoreUnavailable` when it cannot answer; it is asked again.
    """

    def claim_due(
        self, limit: int, *, lease: float, per_endpoint: int, skip: Collection[str] = ()
    ) -> Sequence[Delivery]:
        """Pending deliveries that are due, the longest due first, with their bodies.

        Each becomes due again after `lease` seconds, unless it is settled before: a dispatcher that dies loses
        nothing. Of one endpoint no more than `per_endpoint` are claimed at a time, of those in `skip` none are.
        """
        ...

    def settle(self, attempts: Sequence[Attempt]) -> None:
        """What became of deliveries: counts the attempt, keeps its state, status, error and when it is due."""
        ...

    def next_due(self) -> float | None:
        """When the next pending delivery is due, in seconds since 1970, which may be in the past."""
        ...

    def endpoint(self, id: str) -> Endpoint | None:  # noqa: A002
        """The endpoint, unless it was removed."""
        ...

    def disable_endpoint(self, id: str, reason: str) -> None:  # noqa: A002
        """Nothing is sent to the endpoint from now on."""
        ...
