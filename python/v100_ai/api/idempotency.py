"""The same `Idempotency-Key` again gets the first answer, for a day; while that is being made it is told to wait."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter
from starlette.responses import Response

from v100_ai.api.problems import Problem
from v100_ai.store import Idempotent

if TYPE_CHECKING:
    from v100_ai.api.operation import Call

HEADER: Final = "idempotency-key"
LONGEST: Final = 255


def key(call: "Call") -> str | None:
    """The request's key, if it has one. Raises `Problem` for one that cannot be used."""
    given = call.request.headers.get(HEADER)
    if given is None:
        return None
    if not (1 <= len(given) <= LONGEST and given.isascii() and given.isprintable()):
        detail = f"expected an Idempotency-Key of 1 to {LONGEST} printable ASCII characters"
        raise Problem(400, "malformed", detail)
    return given


def fingerprint(call: "Call") -> str:
    """What tells one request from another."""
    request = call.request
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + call.content
    return hashlib.sha256(told).hexdigest()


def answer(call: "Call", result: Any, status: int, *, now: float) -> Idempotent | None:
    """The answer as it is to be kept, if the request asks for that."""
    given = key(call)
    if given is None:
        return None
    return Idempotent(
        tenant=call.caller.tenant,
        key=given,
        fingerprint=fingerprint(call),
        status=status,
        body=TypeAdapter(type(result)).dump_json(result),
        created=now,
    )


def replayed(earlier: Idempotent, call: "Call") -> Response:
    """What was answered before. Raises `Problem` if that was another request's answer."""
    if earlier.fingerprint != fingerprint(call):
        detail = "expected the request that this Idempotency-Key was first used for, found another"
        raise Problem(422, "idempotency_key_reused", detail)
    headers = {"idempotency-replayed": "true"}
    return Response(earlier.body, earlier.status, headers, "application/json")


@dataclass(slots=True)
class InFlight:
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
