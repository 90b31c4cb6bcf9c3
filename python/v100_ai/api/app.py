"""The service as an ASGI application: every operation behind the same checks, errors, counters and log lines."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any, Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.websockets import WebSocket
from structlog.contextvars import bound_contextvars

from v100_ai import clock
from v100_ai.api import (
    clips,
    dashboard,
    health,
    history,
    idempotency,
    keys,
    logs,
    media,
    notifications,
    operation as operations_of,
    reports,
    rooms,
    sessions,
    sign_in,
    sockets,
    webhooks,
)
from v100_ai.api.authentication import Caller, admitted, bearer, by_ticket
from v100_ai.api.framing import Framing, shown_path, upgraded
from v100_ai.api.operation import Operation
from v100_ai.api.problems import Problem, problem, unknown
from v100_ai.api.service import Service
from v100_ai.api.tracing import RequestId, span
from v100_ai.errors import V100Error
from v100_ai.records import PLURAL
from v100_ai.store import Idempotent

Endpoint = Callable[[Request], Awaitable[Response]]

FAULT: Final = 500

CODES: Final = {404: "not_found", 405: "method_not_allowed"}

METHODS: Final = ("GET", "POST", "PATCH", "DELETE")
TAKEN: Final = ("authorization", "content-type", "idempotency-key", "if-match", "last-event-id")
TOLD: Final = (
    "accept-patch",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "retry-after",
    "x-request-id",
)
"""Headers of a request that a page may send, and of an answer that it may read."""

log = structlog.get_logger("v100_ai.api")


def operations(service: Any) -> list[Operation]:
    """Every operation there is, on a `Service`; on none, for what is only told of them."""
    found = [
        *webhooks.operations(service),
        *keys.operations(service),
        *sign_in.operations(service),
        *notifications.operations(service),
        *clips.operations(service),
    ]
    for kind in PLURAL:
        for room in (sessions, media, rooms, history, reports):
            found += room.operations(service, kind)
    return found


def create_app(service: Service) -> Starlette:
    """The application. Everything it needs is passed in."""
    every = operations(service)
    paths: dict[str, dict[str, Operation]] = {}
    for one in every:
        paths.setdefault(one.path, {})[one.method] = one
    routes: list[BaseRoute] = [
        Route(path, _endpoint(service, methods), methods=[*methods])
        for path, methods in paths.items()
    ]
    routes += notifications.routes(service)
    routes += dashboard.routes()
    if service.media is not None:
        routes += rooms.routes()
    for kind in PLURAL:
        routes += sockets.routes(service, kind)
    app = Starlette(
        routes=[
            *routes,
            *health.routes(service),
            *health.documents(every),
            WebSocketRoute("/{path:path}", _nowhere),
        ],
        middleware=[
            Middleware(RequestId),
            *_origins(service.settings.origins),
            Middleware(Framing),
        ],
        exception_handlers={HTTPException: _unrouted},
    )
    # A path means one thing; and a redirect would lead wherever the Host header says.
    app.router.redirect_slashes = False
    return app


def _origins(origins: Sequence[str]) -> list[Middleware]:
    """What lets pages of other origins use the API; keys come in a header, so nothing goes with a browser's own."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=TAKEN,
            expose_headers=TOLD,
            max_age=600,
        )
    ]


def _endpoint(service: Service, methods: Mapping[str, Operation]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        begun = clock.monotonic()
        operation = methods["GET" if request.method == "HEAD" else request.method]
        with bound_contextvars(**logs.asked(request)):
            with span(operation.name) if service.settings.telemetry else nullcontext():
                response = await _answered(service, operation, request)
            took = clock.monotonic() - begun
            service.metrics.requests.labels(operation.name, response.status_code).inc()
            service.metrics.seconds.labels(operation.name).observe(took)
            ms = round(took * 1e3, 1)
            who = getattr(request.state, "who", {})
            log.info("request", operation=operation.name, status=response.status_code, ms=ms, **who)
        return response

    return endpoint


async def _answered(service: Service, operation: Operation, request: Request) -> Response:
    named: str = request.state.request_id
    try:
        return await _done(service, operation, request)
    except Problem as refused:
        return refused.response(shown_path(request), named)
    except V100Error as error:
        what = problem(error)
        if what.status == FAULT:
            log.exception("request.failed", operation=operation.name)
        return what.response(shown_path(request), named)
    except Exception:  # whatever it is, the caller gets an answer and the log the rest
        log.exception("request.failed", operation=operation.name)
        return unknown().response(shown_path(request), named)


async def _done(service: Service, operation: Operation, request: Request) -> Response:
    async def admit(request: Request) -> Caller:
        ticket = request.query_params.get("ticket") if operation.ticketed else None
        if ticket is not None:
            caller = await by_ticket(service, ticket)
        else:
            secret = bearer(request.headers.get("authorization"))
            caller = await admitted(service, secret, request.headers)
        request.state.who = logs.known(caller)
        return caller

    call = await operations_of.call(operation, request, admit, service.body_seconds)
    key = idempotency.key(call) if operation.idempotent else None
    if key is None:
        return operations_of.response(operation, await operation.answer(call))
    earlier = await service.ask(service.store.idempotent, call.caller.tenant, key)
    if earlier is not None:
        return idempotency.replayed(earlier, call)
    if operation.keeps:
        result = await operation.answer(call)
        if isinstance(result, Idempotent):
            return idempotency.replayed(result, call)
        return operations_of.response(operation, result)
    with service.in_flight.alone(call.caller.tenant, key):
        result = await operation.answer(call)
        kept = idempotency.answer(call, result, operation.status, now=service.wall())
        if kept is not None:
            await service.ask(service.store.keep_answer, kept)
    return operations_of.response(operation, result)


async def _nowhere(socket: WebSocket) -> None:
    detail = f"there is no socket at {shown_path(socket)[:200]}"
    refused = Problem(404, CODES[404], detail)
    await socket.send_denial_response(refused.response(shown_path(socket), socket.state.request_id))


def _socket(request: Request) -> bool:
    """Whether there is a WebSocket at that path."""
    as_socket = {**request.scope, "type": "websocket"}
    *routes, _ = (each for each in request.app.routes if isinstance(each, WebSocketRoute))
    return any(each.matches(as_socket)[0] is Match.FULL for each in routes)


async def _unrouted(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND and _socket(request):
        return upgraded("found neither").response(shown_path(request), request.state.request_id)
    detail = f"there is no {request.method} {shown_path(request)[:200]}"
    headers = dict(getattr(error, "headers", None) or {})
    refused = Problem(status, CODES.get(status, "refused"), detail, headers=headers)
    return refused.response(shown_path(request), request.state.request_id)
