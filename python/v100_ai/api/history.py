"""The events of a session over HTTP: in pages, or as server-sent events that go on."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

import anyio
import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from v100_ai.api.authentication import Caller
from v100_ai.api.event_stream import Lost, Reader, placed
from v100_ai.api.models import EventPage, EventsAsked
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem, first
from v100_ai.api.service import Service
from v100_ai.api.validation import shown
from v100_ai.errors import V100Error
from v100_ai.events import as_seen, visible
from v100_ai.records import PLURAL, Kind, SessionRecord

STREAM: Final = "text/event-stream"

LIVE: Final = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}
"""So that what is between neither keeps nor gathers events: nginx heeds the latter, Caddy and caches the former."""

ALIVE: Final = b": still here\n\n"

NEVER: Final = re.compile(r"q\s*=\s*0(\.0*)?")
"""A weight that says: anything but this."""

LONGEST_ID: Final = 40
"""Characters of a Last-Event-ID."""

log = structlog.get_logger("v100_ai.api")


def operations(service: Service, kind: Kind) -> list[Operation]:
    """The operations on one kind of session's events."""
    plural = PLURAL[kind]
    return [
        Operation(
            method="GET", path=f"/v1/{plural}/{{id}}/events", name=f"{plural}.events",
            summary="Events after a number, in order; with Accept: text/event-stream they go on as they come",
            scope="read", query=EventsAsked, result=EventPage, answer=partial(_events, service, kind),
        ),
    ]  # fmt: skip


async def _events(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])
    asked: EventsAsked = call.query
    if _streamed(call.request.headers.get("accept", "")):
        return await _stream(service, record, call)
    try:
        await placed(service, record, min(asked.after, record.seq), None)
    except Lost as lost:
        raise _gone(lost) from lost
    found = await service.ask(
        service.store.read,
        record.id,
        after=asked.after,
        limit=asked.limit,
        types=visible(call.caller.role, asked.wanted),
    )
    following = found[-1].seq if found else asked.after
    # A reader goes on with the epoch of the last event it saw, which may be older than the session's.
    epoch = found[-1].epoch if found else await _epoch(service, record, asked.after)
    head = b'{"next":%d,"epoch":%d,"events":[' % (following, epoch)
    bodies = [body for one in found if (body := as_seen(call.caller.role, one.body)) is not None]
    body = head + b",".join(bodies) + b"]}"
    return Response(body, media_type="application/json")


def _streamed(accept: str) -> bool:
    """Whether a header asks for a stream by name (RFC 9110, 12.5.1): in any case of letters, and not with a weight of 0."""
    for each in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in each.split(";"))
        if kind == STREAM and not any(NEVER.fullmatch(part) for part in parameters):
            return True
    return False


async def _epoch(service: Service, record: SessionRecord, seq: int) -> int:
    written = await service.ask(service.store.epoch_at, record.id, seq)
    return record.epoch if written is None else written


def _gone(lost: Lost) -> Problem:
    return Problem(410, "history_lost", str(lost), first=lost.first, last=lost.last)


async def _stream(service: Service, record: SessionRecord, call: Call) -> Response:
    epoch, after = _place(call.request.headers.get("last-event-id", ""), call.query.after)
    try:
        after = await placed(service, record, after, epoch)
    except Lost as lost:
        raise _gone(lost) from lost
    if record.state == "ended" and after >= record.seq:
        # To a browser's EventSource: do not come again.
        return Response(status_code=204)
    if call.request.method == "HEAD":
        return Response(media_type=STREAM)
    return EventStream(service, record, call.caller, after, call.query.wanted)


class EventStream(Response):
    """Server-sent events (WHATWG HTML, 9.2); an event's id is its epoch and number, which resume."""

    def __init__(
        self,
        service: Service,
        record: SessionRecord,
        caller: Caller,
        after: int,
        types: Sequence[str],
    ) -> None:
        super().__init__(media_type=STREAM, headers=LIVE)
        del self.headers["content-length"]
        self._service, self._record, self._after = service, record, after
        self._caller, self._types = caller, types

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the session ends, or nobody listens."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

        async def write(body: bytes) -> None:
            await send({"type": "http.response.body", "body": _lines(body), "more_body": True})

        async def alive() -> None:
            await send({"type": "http.response.body", "body": ALIVE, "more_body": True})

        reader = Reader(caller=self._caller, send=write, alive=alive, types=self._types)
        with self._service.metrics.streams.track_inprogress():
            await self._streamed(reader, receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _streamed(self, reader: Reader, receive: Receive) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(_until_closed, receive, group.cancel_scope)
            group.start_soon(_until_stopped, self._service, group.cancel_scope)
            try:
                await reader.run(self._service, self._record, self._after)
            except* (Problem, V100Error) as failed:
                log.info("stream.ended", error=str(first(failed)))
            group.cancel_scope.cancel()


async def _until_closed(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _until_stopped(service: Service, scope: anyio.CancelScope) -> None:
    await service.stopping.wait()
    scope.cancel()


def _lines(body: bytes) -> bytes:
    """One event. Its id stands at fixed places of an envelope that is ours."""
    head = body[: body.index(b'"data":')]
    seq = head[head.rindex(b'"seq":') + 6 :].partition(b",")[0]
    epoch = head[head.rindex(b'"epoch":') + 8 :].partition(b",")[0]
    return b"id: %s-%s\ndata: %s\n\n" % (epoch, seq, body)


def _place(given: str, after: int) -> tuple[int | None, int]:
    """Where a reader stopped: the epoch and the number of the last event it saw."""
    epoch, _, seq = given.partition("-")
    if not given:
        return None, after
    if given.isascii() and len(given) <= LONGEST_ID:
        if given.isdecimal():
            return None, int(given)
        if epoch.isdecimal() and seq.isdecimal():
            return int(epoch), int(seq)
    detail = (
        "Last-Event-ID: expected EPOCH-SEQ as the events have it, or the number of an event, "
        f"found {shown(given)}"
    )
    raise Problem(400, "malformed", detail)
