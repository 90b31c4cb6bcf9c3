"""WebSockets: a session's events out, and what comes into it live."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import anyio
import structlog
from pydantic import ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from structlog.contextvars import bound_contextvars

from v100_ai.api import logs, messages
from v100_ai.api.authentication import Caller, admitted, bearer, by_ticket, forbidden, renewed
from v100_ai.api.connections import SLOW, UTF8
from v100_ai.api.event_stream import Lost, Reader, Removed, placed, state
from v100_ai.api.framing import shown_path
from v100_ai.api.messages import Ack, End, Failed, Heartbeat, Hello, Resync
from v100_ai.api.models import SocketAsked, Ticketed
from v100_ai.api.problems import Problem, first, problem
from v100_ai.api.service import Service
from v100_ai.api.validation import invalid
from v100_ai.errors import StoreUnavailable, V100Error
from v100_ai.events import visible
from v100_ai.records import PLURAL, Kind, Scope, SessionRecord
from v100_ai.session.settings import Model

SUBPROTOCOL: Final = "v100.v1"
BEARER: Final = "bearer."

DONE: Final = 1000
VOID: Final = 1008
"""The key is not good any more."""
FAULT: Final = 1011
GONE: Final = 1012
"""Service restart: come again."""
LATER: Final = 1013

log = structlog.get_logger("v100_ai.api")


@dataclass(frozen=True, slots=True)
class Opened:
    """A socket that was let in."""

    service: Service
    socket: WebSocket
    caller: Caller
    asked: Any
    """What was asked for in the query."""

    async def say(self, message: Model) -> None:
        """Send a message that is no event."""
        await self.socket.send_text(message.model_dump_json())

    async def tell(self, body: bytes) -> None:
        """Send an event's envelope."""
        if UTF8 in self.socket.scope.get("extensions", ()):
            await self.socket.send({"type": "websocket.send", UTF8: body})
        else:
            await self.socket.send_text(body.decode())


@dataclass(frozen=True, slots=True)
class Close:
    """How a socket is closed."""

    code: int
    reason: str


Work = Callable[[Opened], Awaitable[Close]]
Find = Callable[[Caller, WebSocket], Awaitable[Work]]
"""What is to be done for whoever asks, or `Problem`."""


def routes(service: Service, kind: Kind) -> list[WebSocketRoute]:
    """The sockets of one kind of session."""
    one = f"/v1/{PLURAL[kind]}/{{id}}"

    def of(work: Callable[[SessionRecord, Opened], Awaitable[Close]]) -> Find:
        async def find(caller: Caller, socket: WebSocket) -> Work:
            return partial(work, await service.record(caller, kind, socket.path_params["id"]))

        return find

    return [
        WebSocketRoute(f"{one}/events", endpoint(service, "read", SocketAsked, of(_events))),
        WebSocketRoute(f"{one}/ingest", endpoint(service, "ingest", SocketAsked, of(_ingest))),
    ]


def endpoint(
    service: Service, scope: Scope, query: type[Ticketed], find: Find
) -> Callable[[WebSocket], Awaitable[None]]:
    """A socket that does what `find` finds, for whoever may open it."""

    async def endpoint(socket: WebSocket) -> None:
        try:
            caller, asked = await _admitted(service, socket, scope, query)
            work = await find(caller, socket)
        except (Problem, V100Error) as refused:
            why = refused if isinstance(refused, Problem) else problem(refused)
            named = socket.state.request_id
            await socket.send_denial_response(why.response(shown_path(socket), named))
            return
        offered = socket.scope.get("subprotocols", ())
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        begun = anyio.current_time()
        with (
            service.metrics.sockets.track_inprogress(),
            bound_contextvars(**logs.asked(socket), **logs.known(caller)),
        ):
            log.info("socket.opened", scope=scope)
            try:
                await _worked(Opened(service, socket, caller, asked), work)
            except* WebSocketDisconnect:
                pass
            finally:
                log.info("socket.closed", seconds=round(anyio.current_time() - begun, 1))

    return endpoint


async def _worked(opened: Opened, work: Work) -> None:
    """Do what the socket is for until that ends, or the server stops; then close it."""
    close = Close(GONE, "the server restarts: resume where you are")
    async with anyio.create_task_group() as group:
        group.start_soon(_stopping, opened.service, group.cancel_scope)
        close = await _closing(opened, work)
        group.cancel_scope.cancel()
    await opened.socket.close(close.code, close.reason)


async def _closing(opened: Opened, work: Work) -> Close:
    """How the work ended, also where it did not end well."""
    try:
        close = await work(opened)
    except* Removed:
        await opened.say(End())
        close = Close(DONE, "the session was removed")
    except* Lost as group:
        await _resync(opened, first(group))
        close = Close(DONE, "resync")
    except* Problem as group:
        close = Close(VOID, str(first(group))[:100])
    except* V100Error as group:
        # That the database is away is told once, not by everybody who needs it.
        lost = isinstance(first(group), StoreUnavailable)
        (log.debug if lost else log.warning)("socket.failed", error=str(first(group)))
        close = Close(LATER, "not now: come again")
    except* WebSocketDisconnect:
        raise
    except* Exception:  # whatever it is, the reader is told and the log has the rest
        log.exception("socket.failed")
        close = Close(FAULT, "a fault of the server; its log tells more")
    return close


async def _stopping(service: Service, scope: anyio.CancelScope) -> None:
    await service.stopping.wait()
    scope.cancel()


async def _admitted(
    service: Service, socket: WebSocket, scope: Scope, query: type[Ticketed]
) -> tuple[Caller, Ticketed]:
    """Who opens the socket: by header, by a second subprotocol, or by a ticket. Raises `Problem`."""
    try:
        asked = query.model_validate(dict(socket.query_params))
    except ValidationError as error:
        raise invalid(error, "query") from error
    if asked.ticket is not None:
        caller = await by_ticket(service, asked.ticket)
    else:
        offered: Sequence[str] = socket.scope.get("subprotocols", ())
        keys = (each.removeprefix(BEARER) for each in offered if each.startswith(BEARER))
        secret = bearer(socket.headers.get("authorization")) or next(keys, None)
        caller = await admitted(service, secret, socket.headers)
    if not caller.may(scope):
        raise forbidden(scope)
    return caller, asked


async def _events(record: SessionRecord, opened: Opened) -> Close:
    service = opened.service
    asked: SocketAsked = opened.asked
    seen = record.seq if asked.latest else asked.seen
    after = await placed(service, record, seen, asked.epoch)
    await opened.say(
        Hello(
            session=record.id,
            epoch=record.epoch,
            seq=record.seq,
            after=after,
            state=state(service, record, opened.caller.role),
            partial=bool(visible(opened.caller.role)),
        )
    )

    async def alive() -> None:
        await opened.say(Heartbeat())

    reader = Reader(
        caller=opened.caller,
        send=opened.tell,
        alive=alive,
        types=asked.wanted,
        samples=asked.samples,
    )
    async with anyio.create_task_group() as group:
        group.start_soon(until_closed, opened)
        await reader.run(service, record, after)
        group.cancel_scope.cancel()
    await opened.say(End())
    return Close(DONE, "the session has ended")


async def until_closed(opened: Opened) -> None:
    """Readers say nothing; when they go, so do we. Raises `WebSocketDisconnect`."""
    while (message := await opened.socket.receive())["type"] != "websocket.disconnect":
        pass
    if message["code"] == SLOW:
        opened.service.metrics.slow.inc()
    raise WebSocketDisconnect(message["code"])


async def _resync(opened: Opened, error: BaseException) -> None:
    """Tell which events there still are."""
    if isinstance(error, Lost):
        await opened.say(Resync(epoch=error.epoch, first=error.first, last=error.last))


async def _ingest(record: SessionRecord, opened: Opened) -> Close:
    service, socket = opened.service, opened.socket
    number, sure = 0, anyio.current_time()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        number += 1
        if anyio.current_time() - sure >= service.heartbeat:
            await renewed(service, opened.caller)
            sure = anyio.current_time()
        try:
            session = await service.session(opened.caller, record.kind, record.id)
            taken = await messages.take(session, message.get("text"), message.get("bytes"))
        except (Problem, V100Error) as refused:
            told = refused if isinstance(refused, Problem) else problem(refused)
            await opened.say(Failed(n=number, code=told.code, detail=told.detail))
            if told.code in messages.FINAL:
                return Close(DONE, told.detail[:100])
        else:
            await opened.say(Ack(n=number, **taken.model_dump()))
