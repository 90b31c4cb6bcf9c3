"""Requests with one `Idempotency-Key` at the same time: one of them is worked on, the others are told to wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from v100_ai.api.problems import Problem


@dataclass(slots=True)
class Twins:
    """Keys of requests that are worked on. Bounded by the requests there are."""

    _busy: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    @contextmanager
    def alone(self, tenant: str, key: str) -> Iterator[None]:
        """Nobody else works on a request with that key meanwhile. Raises `Problem`."""
        if (tenant, key) in self._busy:
            detail = "expected the request with this Idempotency-Key to be over, found it running"
            raise Problem(409, "still_running", detail, headers={"retry-after": "1"})
        self._busy.add((tenant, key))
        try:
            yield
        finally:
            self._busy.discard((tenant, key))
