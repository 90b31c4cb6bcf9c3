"""The service as an ASGI application: every operation behind the same checks, errors, counters and log lines."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from typing import Any, Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from v100_ai import clock
from v100_ai.api import (
    clips,
    documents,
    history,
    idempotency,
    keys,
    media,
    metrics,
    operation as operations_of,
    people,
    reports,
    sessions,
    sockets,
    webhooks,
)
from v100_ai.api.authentication import Caller, admitted, bearer
from v100_ai.api.operation import Operation
from v100_ai.api.problems import AWAY, Problem, problem, unknown
from v100_ai.api.service import Service
from v100_ai.api.tracing import RequestId, span
from v100_ai.errors import StoreUnavailable, V100Error
from v100_ai.records import PLURAL
from v100_ai.store import Idempotent

Endpoint = Callable[[Request], Awaitable[Response]]

FAULT: Final = 500

CODES: Final = {404: "not_found", 405: "method_not_allowed"}

log = structlog.get_logger("v100_ai.api")


def operations(service: Any) -> list[Operation]:
    """Every operation there is, on a `Service`; on none, for what is only told of them."""
    found = [
        *webhooks.operations(service),
        *keys.operations(service),
        *people.operations(service),
        *clips.operations(service),
    ]
    for kind in PLURAL:
        for room in (sessions, media, history, reports):
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
    routes += people.routes(service)
    for kind in PLURAL:
        routes += sockets.routes(service, kind)
    app = Starlette(
        routes=[*routes, *_plain(service, every)],
        middleware=[Middleware(RequestId)],
        exception_handlers={HTTPException: _unrouted},
    )
    # A path means one thing; and a redirect would lead wherever the Host header says.
    app.router.redirect_slashes = False
    return app


def _plain(service: Service, every: list[Operation]) -> list[BaseRoute]:
    """What is there for tools, without a key."""
    document = documents.openapi(every)

    async def openapi(_: Request) -> Response:
        return JSONResponse(document)

    async def asyncapi(_: Request) -> Response:
        return JSONResponse(documents.asyncapi())

    async def healthy(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        return await _ready(service)

    async def counted(_: Request) -> Response:
        service.metrics.sessions.set(len(service.hub.live))
        return Response(service.metrics.text(), media_type=metrics.MEDIA_TYPE)

    return [
        Route("/v1/openapi.json", openapi),
        Route("/v1/asyncapi.json", asyncapi),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Route("/metrics", counted),
    ]


def _endpoint(service: Service, methods: Mapping[str, Operation]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        begun = clock.monotonic()
        operation = methods["GET" if request.method == "HEAD" else request.method]
        with span(operation.name) if service.settings.telemetry else nullcontext():
            response = await _answered(service, operation, request)
        took = clock.monotonic() - begun
        service.metrics.requests.labels(operation.name, response.status_code).inc()
        service.metrics.seconds.labels(operation.name).observe(took)
        log.info(
            "request",
            operation=operation.name,
            status=response.status_code,
            ms=round(took * 1e3, 1),
            request_id=request.state.request_id,
        )
        return response

    return endpoint


async def _answered(service: Service, operation: Operation, request: Request) -> Response:
    named: str = request.state.request_id
    try:
        return await _done(service, operation, request)
    except Problem as refused:
        return refused.response(request.url.path, named)
    except V100Error as error:
        told = problem(error)
        if isinstance(error, StoreUnavailable):
            await log.awarning("database.away", error=str(error), request_id=named)
        if told.status == FAULT:
            log.exception("request.failed", operation=operation.name, request_id=named)
        return told.response(request.url.path, named)
    except Exception:  # whatever it is, the caller gets an answer and the log the rest
        log.exception("request.failed", operation=operation.name, request_id=named)
        return unknown().response(request.url.path, named)


async def _done(service: Service, operation: Operation, request: Request) -> Response:
    async def admit(request: Request) -> Caller:
        secret = bearer(request.headers.get("authorization"))
        return await admitted(service, secret, request.headers)

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


async def _ready(service: Service) -> Response:
    if service.hub.draining:
        return JSONResponse({"status": "draining"}, 503)
    try:
        await service.ask(service.store.check)
    except StoreUnavailable as away:
        await log.awarning("database.away", error=str(away))
        return JSONResponse({"status": "database", "detail": AWAY}, 503)
    full = service.hub.sources >= service.settings.workers
    return JSONResponse({"status": "full" if full else "ready"})


async def _unrouted(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = f"there is no {request.method} {request.url.path[:200]}"
    headers = dict(getattr(error, "headers", None) or {})
    refused = Problem(status, CODES.get(status, "refused"), detail, headers=headers)
    return refused.response(request.url.path, request.state.request_id)
