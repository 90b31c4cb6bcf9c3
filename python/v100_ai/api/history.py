"""The events of a session over HTTP: in pages, or as server-sent events that go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from v100_ai.api.models import EventPage, EventsAsked
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem
from v100_ai.api.reading import HistoryLost, Lost, Reader, TooSlow, placed
from v100_ai.api.service import PLURAL, Service
from v100_ai.records import Kind, Session

STREAM: Final = "text/event-stream"

LONGEST_ID: Final = 40
"""Characters of a Last-Event-ID."""


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
    types = tuple(filter(None, asked.types.split(",")))
    if STREAM in call.request.headers.get("accept", ""):
        return await _stream(service, record, asked, types, call)
    found = await service.ask(
        service.store.read, record.id, after=asked.after, limit=asked.limit, types=types
    )
    following = found[-1].seq if found else asked.after
    head = b'{"next":%d,"epoch":%d,"events":[' % (following, record.epoch)
    body = head + b",".join(one.body for one in found) + b"]}"
    return Response(body, media_type="application/json")


async def _stream(
    service: Service, record: Session, asked: EventsAsked, types: Sequence[str], call: Call
) -> Response:
    epoch, after = _place(call.request.headers.get("last-event-id", ""), asked.after)
    try:
        after = await placed(service, record, after, epoch)
    except Lost as lost:
        raise Problem(410, "history_lost", str(lost), first=lost.first, last=lost.last) from lost
    return EventStream(service, record, after, types)


@dataclass
class EventStream(Response):
    """Server-sent events (WHATWG HTML, 9.2); an event's id is its epoch and number, which resume."""

    service: Service
    record: Session
    after: int
    types: Sequence[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the session ends, or nobody listens."""
        head = [(b"content-type", STREAM.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": head})

        async def told(body: bytes) -> None:
            await send({"type": "http.response.body", "body": _lines(body), "more_body": True})

        async def idle() -> None:
            await send(
                {"type": "http.response.body", "body": b": still here\n\n", "more_body": True}
            )

        async with anyio.create_task_group() as group:
            group.start_soon(_gone, receive, group.cancel_scope)
            try:
                await Reader(told, idle, self.types).run(self.service, self.record, self.after)
            except (TooSlow, HistoryLost):
                self.service.metrics.slow.inc()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            group.cancel_scope.cancel()


async def _gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def _lines(body: bytes) -> bytes:
    """One event. Its id stands at fixed places of an envelope that is ours."""
    head = body[: body.index(b'"data":')]
    seq = head[head.rindex(b'"seq":') + 6 :].partition(b",")[0]
    epoch = head[head.rindex(b'"epoch":') + 8 :].partition(b",")[0]
    return b"id: %s-%s\ndata: %s\n\n" % (epoch, seq, body)


def _place(told: str, after: int) -> tuple[int | None, int]:
    """Where a reader stopped: the epoch and the number of the last event it saw."""
    epoch, _, seq = told.partition("-")
    if epoch.isdecimal() and seq.isdecimal() and len(told) <= LONGEST_ID:
        return int(epoch), int(seq)
    return None, after
