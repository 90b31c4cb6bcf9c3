"""WebSockets: a session's events out, and what comes into it live."""

import json
from collections.abc import Sequence
from typing import Any, Final

import anyio
import structlog
from pydantic import ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from v100_ai.api import incoming
from v100_ai.api.access import Caller, bearer, forbidden, unauthorised
from v100_ai.api.admission import admitted
from v100_ai.api.models import SocketAsked
from v100_ai.api.problems import Problem, invalid
from v100_ai.api.reading import HistoryLost, Lost, Reader, TooSlow, placed, state
from v100_ai.api.service import PLURAL, Service
from v100_ai.records import Kind, Scope, Session

SUBPROTOCOL: Final = "v100.v1"
BEARER: Final = "bearer."
SLOW: Final = 4008
GONE: Final = 1012
"""Service restart: come again."""

log = structlog.get_logger("v100_ai.api")


def routes(service: Service, kind: Kind) -> list[WebSocketRoute]:
    """The sockets of one kind of session."""
    one = f"/v1/{PLURAL[kind]}/{{id}}"
    return [
        WebSocketRoute(f"{one}/events", _endpoint(service, kind, "read", _events)),
        WebSocketRoute(f"{one}/ingest", _endpoint(service, kind, "ingest", _ingest)),
    ]


def _endpoint(service: Service, kind: Kind, scope: Scope, work: Any) -> Any:
    async def endpoint(socket: WebSocket) -> None:
        try:
            caller, asked = await _admitted(service, socket, scope)
            record = await service.record(caller, kind, socket.path_params["id"])
        except Problem as problem:
            await socket.send_denial_response(problem.response(socket.url.path, "-"))
            return
        offered = socket.scope.get("subprotocols", ())
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        service.metrics.sockets.inc()
        try:
            await work(service, socket, record, caller, asked)
        except WebSocketDisconnect:
            return
        finally:
            service.metrics.sockets.dec()

    return endpoint


async def _admitted(
    service: Service, socket: WebSocket, scope: Scope
) -> tuple[Caller, SocketAsked]:
    """Who opens the socket: by header, by a second subprotocol, or by a ticket. Raises `Problem`."""
    try:
        asked = SocketAsked.model_validate(dict(socket.query_params))
    except ValidationError as error:
        raise invalid(error, "query") from error
    if asked.ticket is not None:
        caller = service.tickets.take(asked.ticket, now=service.wall())
        if caller is None:
            raise unauthorised("expected a ticket that was not used and has not expired")
    else:
        offered: Sequence[str] = socket.scope.get("subprotocols", ())
        keys = (each.removeprefix(BEARER) for each in offered if each.startswith(BEARER))
        secret = bearer(socket.headers.get("authorization")) or next(keys, None)
        caller = await admitted(service, secret)
        _same_site(service, socket, secret)
    if not caller.may(scope):
        raise forbidden(scope)
    return caller, asked


def _same_site(service: Service, socket: WebSocket, secret: str | None) -> None:
    """Without keys, a page from elsewhere in a browser on this machine must not read along."""
    origin = socket.headers.get("origin")
    if secret is None and origin is not None:
        host = origin.partition("://")[2]
        if host != socket.headers.get("host"):
            raise Problem(403, "forbidden", f"expected a page of this server, found {origin[:100]}")


async def _events(
    service: Service, socket: WebSocket, record: Session, caller: Caller, asked: SocketAsked
) -> None:
    try:
        after = await placed(
            service, record, record.seq if asked.latest else asked.seen, asked.epoch
        )
    except Lost as lost:
        resync = {"type": "resync", "epoch": lost.epoch, "first": lost.first, "last": lost.last}
        await socket.send_json(resync)
        await socket.close(1000, "resync")
        return
    hello = {
        "type": "hello",
        "session": record.id,
        "epoch": record.epoch,
        "seq": record.seq,
        "after": after,
        "state": state(service, record),
    }
    await socket.send_json(hello)

    async def told(body: bytes) -> None:
        await socket.send_text(body.decode())

    async def idle() -> None:
        await socket.send_text('{"type":"heartbeat"}')

    reader = Reader(told, idle, asked.wanted, asked.samples)
    code, reason = 1000, "the session has ended"
    async with anyio.create_task_group() as group:
        group.start_soon(_until_closed, socket, group.cancel_scope)
        group.start_soon(_until_stopped, service, socket, group.cancel_scope)
        try:
            await reader.run(service, record, after)
            await socket.send_text('{"type":"end"}')
        except* TooSlow:
            service.metrics.slow.inc()
            code, reason = SLOW, "reads too slowly: resume where you are"
        except* HistoryLost:
            code, reason = 1000, "resync"
        with anyio.move_on_after(1):
            await socket.close(code, reason)
        group.cancel_scope.cancel()


async def _until_closed(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Readers say nothing; when they go, so do we."""
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
    finally:
        scope.cancel()


async def _until_stopped(service: Service, socket: WebSocket, scope: anyio.CancelScope) -> None:
    await service.stopping.wait()
    with anyio.move_on_after(1):
        await socket.close(GONE, "the server restarts: resume where you are")
    scope.cancel()


async def _ingest(
    service: Service, socket: WebSocket, record: Session, caller: Caller, asked: SocketAsked
) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(_until_stopped, service, socket, group.cancel_scope)
        number = 0
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            number += 1
            answer: dict[str, Any]
            try:
                session = await service.session(caller, record.kind, record.id)
                accepted = await incoming.take(session, message.get("text"), message.get("bytes"))
                answer = {"type": "ack", "n": number, "accepted": accepted}
            except Problem as problem:
                answer = {
                    "type": "error",
                    "n": number,
                    "code": problem.code,
                    "detail": problem.detail,
                }
            await socket.send_text(json.dumps(answer))
        group.cancel_scope.cancel()
