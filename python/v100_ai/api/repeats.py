"""Requests sent again: those with the same `Idempotency-Key` answer as the first did, for a day."""

import hashlib
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.responses import Response

from v100_ai.api.operation import Call
from v100_ai.api.problems import Problem
from v100_ai.store import Idempotent

HEADER: Final = "idempotency-key"
LONGEST: Final = 255


def key(call: Call) -> str | None:
    """The request's key, if it has one. Raises `Problem` for one that cannot be used."""
    given = call.request.headers.get(HEADER)
    if given is None:
        return None
    if not (1 <= len(given) <= LONGEST and given.isascii() and given.isprintable()):
        detail = f"expected an Idempotency-Key of 1 to {LONGEST} printable ASCII characters"
        raise Problem(400, "malformed", detail)
    return given


def fingerprint(call: Call) -> str:
    """What tells one request from another."""
    request = call.request
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + call.content
    return hashlib.sha256(told).hexdigest()


def answer(call: Call, result: Any, status: int, *, now: float) -> Idempotent | None:
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


def replayed(earlier: Idempotent, call: Call) -> Response:
    """What was answered before. Raises `Problem` if that was another request's answer."""
    if earlier.fingerprint != fingerprint(call):
        detail = "expected the request that this Idempotency-Key was first used for, found another"
        raise Problem(422, "idempotency_key_reused", detail)
    headers = {"idempotency-replayed": "true"}
    return Response(earlier.body, earlier.status, headers, "application/json")
