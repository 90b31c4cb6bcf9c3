"""One operation of the API: its route, its checks and its page in the OpenAPI document come from the same lines."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, Protocol

import anyio
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from v100_ai.api.authentication import Caller, forbidden
from v100_ai.api.framing import parameters
from v100_ai.api.problems import CLOSE, Problem
from v100_ai.api.validation import invalid, parsed
from v100_ai.records import Scope

LARGEST_BODY: Final = 1 << 20
"""Bytes of a body, unless an operation takes more."""
JSON: Final = "application/json"
TYPED_JSON: Final = re.compile(r"application/[\w.-]+\+json", re.ASCII)
"""JSON under a name of its own (RFC 6839, 3.1), as some clients send all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that passed the checks of its operation."""

    caller: Caller
    path: dict[str, str]
    query: Any
    body: Any
    content: bytes
    """The body as it came."""
    request: Request


class Answered(Protocol):
    """What does the work: a result of the operation's type, or a whole response."""

    def __call__(self, call: Call, /) -> Awaitable[Any]:
        """The result."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """`body`, `query` and `result` are pydantic's types; a body of bytes is taken as it is."""

    method: str
    path: str
    name: str
    summary: str
    scope: Scope
    answer: Answered
    body: Any = None
    query: type[BaseModel] | None = None
    result: Any = None
    status: int = 200
    media_type: str = "application/json"
    """What the result is."""
    takes: str = JSON
    """What the body is."""
    takes_too: tuple[str, ...] = ()
    """What else it may be."""
    largest: int = LARGEST_BODY
    idempotent: bool = False
    """Whether an `Idempotency-Key` makes a repeated request answer as the first did."""
    ticketed: bool = False
    """Whether a ticket in the query opens it, so that a browser can show it in a tab."""
    keeps: bool = False
    """Whether `answer` itself keeps what it answers, in one transaction with the work."""
    room: Literal["publish", "subscribe"] | None = None
    """What a room's token has to allow for it, where one will do in place of a key."""

    @property
    def narrow(self) -> bool:
        """Whether it is about one session: all that a key may do that is narrowed to one."""
        return self.path.startswith(("/v1/meetings/{id}", "/v1/streams/{id}"))


Admit = Callable[[Request], Awaitable[Caller]]


async def call(operation: Operation, request: Request, admit: Admit, seconds: float) -> Call:
    """Check everything: who asks, what they may, the path, the query, the body. Raises `Problem`.

    The body has to be there in so many `seconds`.
    """
    caller = await admit(request)
    if not caller.may(operation.scope) and not (operation.room == "publish" and caller.publishes):
        raise forbidden(operation.scope)
    if caller.session is not None and not operation.narrow:
        raise Problem(403, "forbidden", "expected a key that is not narrowed to one session")
    query = _query(operation, request.query_params)
    content = await _content(operation, request, seconds)
    return Call(
        caller=caller,
        path=parameters(request),
        query=query,
        body=_body(operation, content),
        content=content,
        request=request,
    )


def response(operation: Operation, result: Any) -> Response:
    """The result as the operation says."""
    if isinstance(result, Response):
        return result
    if operation.result is None:
        return Response(status_code=operation.status)
    content = _body_type(operation).dump_python(result, mode="json")
    return JSONResponse(content, operation.status)


@lru_cache(maxsize=256)
def _taken(operation: Operation) -> TypeAdapter[Any]:
    return TypeAdapter(operation.body)


@lru_cache(maxsize=256)
def _body_type(operation: Operation) -> TypeAdapter[Any]:
    return TypeAdapter(operation.result)


def _query(operation: Operation, given: QueryParams) -> Any:
    if operation.query is None:
        unknown = sorted(set(given))
        if unknown:
            raise Problem(422, "invalid", f"expected no query, found {', '.join(unknown)[:100]}")
        return None
    twice = sorted({name for name in given if len(given.getlist(name)) > 1})
    if twice:
        raise Problem(422, "invalid", f"expected each once, found twice: {', '.join(twice)[:100]}")
    try:
        return operation.query.model_validate(dict(given))
    except ValidationError as error:
        raise invalid(error, "query") from error


async def _content(operation: Operation, request: Request, seconds: float) -> bytes:
    if operation.body is None:
        return b""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if TYPED_JSON.fullmatch(kind):
        kind = JSON
    if kind not in (operation.takes, *operation.takes_too):
        detail = f"expected a body of {operation.takes}, found {kind[:100] or 'no type'}"
        raise Problem(415, "unsupported_media_type", detail)
    try:
        with anyio.fail_after(seconds):
            return await _read(request, operation.largest)
    except TimeoutError as late:
        detail = f"expected the whole body within {seconds:g} s"
        raise Problem(408, "timeout", detail, headers=CLOSE) from late


def _body(operation: Operation, content: bytes) -> Any:
    if operation.body is None or operation.body is bytes:
        return content or None
    return parsed(_taken(operation), content, "body")


async def _read(request: Request, largest: int) -> bytes:
    """The body, as long as it is no longer than may be, whatever its headers say."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported_media_type", "expected a body that is not compressed")
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > largest:
                detail = f"expected a body of at most {largest} bytes"
                raise Problem(413, "too_large", detail)
    except ClientDisconnect as gone:
        raise Problem(400, "incomplete", "expected the whole body, found a part") from gone
    return bytes(content)
