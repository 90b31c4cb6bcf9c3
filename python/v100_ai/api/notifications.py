"""A person's own channel: what is for them and came up where they were not, over all sessions of a tenant."""

import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated, Any, Final

import anyio
from pydantic import Field, StringConstraints
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from v100_ai import ids
from v100_ai.api.authentication import Caller, renewed
from v100_ai.api.forms import EVENT_ID
from v100_ai.api.framing import parameters
from v100_ai.api.messages import Heartbeat
from v100_ai.api.models import Ticketed, TicketMade
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem
from v100_ai.api.service import Service, moment
from v100_ai.api.sockets import DONE, Close, Opened, Work, endpoint, until_closed
from v100_ai.hub import channel
from v100_ai.records import Stored
from v100_ai.session.settings import Model

PAGE: Final = 200

BACK: Final = 10.0
"""Seconds that are read again: an event is seen in the log when it is committed, a little after its id was made."""

REMEMBERED: Final = 2_000
"""Events that were told lately, so that none is told twice."""

EventId = Annotated[str, StringConstraints(pattern=EVENT_ID)]


class NotificationsAsked(Model):
    """Which: those after the event of that id."""

    after: EventId = ""
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE


class NotificationPage(Model):
    """Some notifications; `next` is the `after` of the page that follows."""

    events: list[dict[str, Any]]
    next: str


class ChannelAsked(Ticketed):
    """From where on: after the event of that id, or only what is new."""

    after: EventId | None = None


def operations(service: Service) -> list[Operation]:
    """The operations on one person's channel."""
    one = "/v1/people/{address}"
    return [
        Operation(
            method="GET", path=f"{one}/events", name="people.events", scope="admin",
            summary="What somebody was told of where they were absent", query=NotificationsAsked,
            result=NotificationPage, answer=partial(_events, service),
        ),
        Operation(
            method="POST", path=f"{one}/tickets", name="people.tickets", scope="admin",
            summary="A ticket that opens somebody's own channel, once", result=TicketMade,
            status=201, answer=partial(_ticket, service),
        ),
    ]  # fmt: skip


def routes(service: Service) -> list[WebSocketRoute]:
    """The socket of a person's channel."""
    path = "/v1/people/{address}/events"
    return [WebSocketRoute(path, endpoint(service, "read", ChannelAsked, _find))]


async def _events(service: Service, call: Call) -> NotificationPage:
    asked: NotificationsAsked = call.query
    address, after = call.path["address"], asked.after
    found: list[Stored] = []
    async for page in _kept(service, call.caller.tenant, address, after):
        found += page
        if len(found) >= asked.limit:
            break
    found = found[: asked.limit]
    return NotificationPage(
        events=[json.loads(one.body) for one in found], next=found[-1].id if found else after
    )


async def _ticket(service: Service, call: Call) -> TicketMade:
    address = call.path["address"].casefold()
    ticket, expires = service.tickets.make(call.caller, now=service.wall(), person=address)
    return TicketMade(ticket=ticket, expires=moment(expires) or "")


async def _find(caller: Caller, socket: WebSocket) -> Work:
    """Their own channel for whoever has its ticket, and for administrators."""
    address = parameters(socket)["address"].casefold()
    whole = caller.may("admin") and caller.session is None and caller.person is None
    if not whole and caller.person != address:
        raise Problem(403, "forbidden", "expected this person's ticket, or an administrator's key")
    return partial(_serve, address)


async def _serve(address: str, opened: Opened) -> Close:
    async with anyio.create_task_group() as group:
        group.start_soon(until_closed, opened)
        await _follow(address, opened)
    return Close(DONE, "")


async def _follow(address: str, opened: Opened) -> None:
    """Tell everything once: what is kept, and what comes. Until cancelled."""
    service, tenant = opened.service, opened.caller.tenant
    told: deque[str] = deque(maxlen=REMEMBERED)
    asked: ChannelAsked = opened.asked
    first = ids.earliest("evt", at=service.wall()) if asked.after is None else asked.after
    after = newest = first
    async with service.bus.subscribe(channel(tenant, address)) as inbox:
        while True:
            inbox.lost = False
            async for page in _kept(service, tenant, address, after):
                newest = await _tell(opened, page, told, newest)
            while not inbox.lost:
                arrived: Sequence[Stored] = ()
                with anyio.move_on_after(service.heartbeat):
                    arrived = await inbox.take()
                newest = await _tell(opened, arrived, told, newest)
                if not arrived and not inbox.lost:
                    await renewed(service, opened.caller)
                    await opened.say(Heartbeat())
                    break
            # What was committed late, by another server, has an id from before.
            if newest:
                after = max(first, ids.earliest("evt", at=ids.moment(newest) - BACK))


async def _tell(opened: Opened, events: Sequence[Stored], told: deque[str], newest: str) -> str:
    """Send what was not sent before; the newest id so far."""
    for one in events:
        if one.id not in told:
            told.append(one.id)
            await opened.tell(one.body)
            newest = max(newest, one.id)
    return newest


async def _kept(
    service: Service, tenant: str, address: str, after: str
) -> AsyncIterator[list[Stored]]:
    """The notifications to one address that are kept, page by page."""
    wanted = address.casefold()
    while page := await service.ask(service.store.notifications, tenant, after=after, limit=PAGE):
        after = page[-1].id
        yield [one for one in page if _address(one) == wanted]


def _address(event: Stored) -> str:
    return str(json.loads(event.body)["data"]["address"]).casefold()
