"""What stands beside the operations: whether the server lives, whether it takes work, its counters, its documents."""

from typing import Final

import anyio
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from v100_ai.api import documents as made_of, metrics
from v100_ai.api.authentication import admitted, bearer, digest, forbidden
from v100_ai.api.framing import shown_path
from v100_ai.api.operation import Operation
from v100_ai.api.problems import Problem, problem
from v100_ai.api.service import Service
from v100_ai.api.tracing import RequestId
from v100_ai.errors import StoreUnavailable, Unwritten

FRESH: Final = 1.0
"""Seconds for which a write that went well shows that writes do."""

WAIT: Final = 1.0
"""Seconds in which a write has to go well: who asks has a time limit of their own."""

WHY: Final[dict[Unwritten, str]] = {
    "away": "the database does not answer",
    "broken": "the database cannot be read or written: its log line tells more",
    "interrupted": "the server stood still for a while",
    "full": "there is no room left where the database is",
    "locked": "another process keeps the database locked",
    "read_only": "the database may not be written",
}

log = structlog.get_logger("v100_ai.api")


def routes(service: Service) -> list[BaseRoute]:
    """For load balancers and Prometheus; the counters with a key, where there are keys."""

    async def healthy(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        return await _ready(service)

    known: set[str | None] = set()

    async def counted(request: Request) -> Response:
        secret = bearer(request.headers.get("authorization"))
        try:
            caller = await admitted(service, secret, request.headers)
            if not caller.may("metrics") or caller.session is not None:
                raise forbidden("metrics")
            known.add(caller.digest)
        except Problem as refused:
            known.discard(secret and digest(secret))
            return refused.response(shown_path(request), request.state.request_id)
        except StoreUnavailable as away:
            # Whoever watches is to see that the database is away: those it knew lately.
            if (secret and digest(secret)) not in known:
                return problem(away).response(shown_path(request), request.state.request_id)
        return await _counted(service)

    return [
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Route("/metrics", counted),
    ]


def apart(service: Service) -> Starlette:
    """The counters without a key, for an address of their own."""

    async def counted(_: Request) -> Response:
        return await _counted(service)

    kept = [each for each in routes(service) if getattr(each, "path", "") != "/metrics"]
    return Starlette(routes=[*kept, Route("/metrics", counted)], middleware=[Middleware(RequestId)])


def documents(operations: list[Operation]) -> list[BaseRoute]:
    """What describes the API, without a key."""
    document = made_of.openapi(operations)

    async def openapi(_: Request) -> Response:
        return JSONResponse(document)

    async def asyncapi(_: Request) -> Response:
        return JSONResponse(made_of.asyncapi())

    return [Route("/v1/openapi.json", openapi), Route("/v1/asyncapi.json", asyncapi)]


async def _counted(service: Service) -> Response:
    return Response(await service.ask(service.metrics.text), media_type=metrics.MEDIA_TYPE)


async def _ready(service: Service) -> Response:
    """Ready is who takes work: who can write, and has not been told to stop."""
    if service.hub.draining:
        return JSONResponse({"status": "draining"}, 503)
    why = await _unwritten(service)
    if why is not None:
        return JSONResponse({"status": "database", "reason": why, "detail": WHY[why]}, 503)
    full = service.hub.sources >= service.settings.workers
    told = {"status": "full" if full else "ready"}
    model = service.hub.model
    if model is not None and model.refused is not None:
        # Work is taken: highlights come from the rules meanwhile.
        told["model"] = model.refused
    return JSONResponse(told)


async def _unwritten(service: Service) -> Unwritten | None:
    """Why nothing can be written, if so."""
    health = service.store.health
    try:
        with anyio.fail_after(WAIT):
            await service.probe(fresh=FRESH)
    except StoreUnavailable as failed:
        return failed.reason
    except TimeoutError:
        # The probe goes on; what became of it is told when it is known.
        return "locked" if health.outage is None else health.outage.reason
    return None
