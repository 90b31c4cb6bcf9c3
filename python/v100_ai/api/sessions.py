"""Meetings and streams over HTTP: made, shown, ended and removed."""

import json
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

from pydantic import ValidationError

from v100_ai.api import idempotency
from v100_ai.api.models import (
    AlertPage,
    MeetingAsked,
    RemovedShown,
    Renamed,
    SessionPage,
    SessionsAsked,
    SessionShown,
    StreamAsked,
    TicketAsked,
    TicketMade,
)
from v100_ai.api.operation import Call, Operation
from v100_ai.api.service import Service, moment, session_shown
from v100_ai.api.validation import invalid
from v100_ai.api.webhooks import endpoint_made, new_endpoint
from v100_ai.events import ParticipantJoined, Role
from v100_ai.hub import AlreadyEnded
from v100_ai.records import PLURAL, Kind, SessionRecord
from v100_ai.session.roster import Roster
from v100_ai.session.session import Session
from v100_ai.session.settings import Layers, SessionSettings
from v100_ai.store import Idempotent, Removed

Asked = MeetingAsked | StreamAsked
PAGE: Final = 1_000


def operations(service: Service, kind: Kind) -> list[Operation]:
    """The operations on one kind of session."""
    plural = PLURAL[kind]
    home, one = f"/v1/{plural}", f"/v1/{plural}/{{id}}"
    asked = MeetingAsked if kind == "meeting" else StreamAsked

    def bound(work: Any) -> Any:
        return partial(work, service, kind)

    return [
        Operation(
            method="POST", path=home, name=f"{plural}.create", summary=f"Begin a {kind}",
            scope="admin", body=asked, result=SessionShown, status=201, idempotent=True, keeps=True,
            answer=bound(_create),
        ),
        Operation(
            method="GET", path=home, name=f"{plural}.list", summary=f"The {plural}, newest first",
            scope="read", query=SessionsAsked, result=SessionPage, answer=bound(_list),
        ),
        Operation(
            method="GET", path=one, name=f"{plural}.get", summary=f"One {kind}",
            scope="read", result=SessionShown, answer=bound(_get),
        ),
        Operation(
            method="PATCH", path=one, name=f"{plural}.update", summary=f"Rename a {kind}",
            scope="admin", body=Renamed, result=SessionShown, answer=bound(_rename),
        ),
        Operation(
            method="DELETE", path=one, name=f"{plural}.delete",
            summary=f"End a {kind}, whatever state it is in, and forget all of it",
            scope="admin", result=RemovedShown, answer=bound(_delete),
        ),
        Operation(
            method="POST", path=f"{one}/end", name=f"{plural}.end",
            summary=f"End a {kind}; its events and its report stay",
            scope="admin", result=SessionShown, answer=bound(_end),
        ),
        Operation(
            method="GET", path=f"{one}/state", name=f"{plural}.state",
            summary="What stands now: speaker, layout, talk, summary, alerts",
            scope="read", result=dict[str, Any], answer=bound(_state),
        ),
        Operation(
            method="GET", path=f"{one}/alerts", name=f"{plural}.alerts", summary="The alerts that are open",
            scope="read", result=AlertPage, answer=bound(_alerts),
        ),
        Operation(
            method="POST", path=f"{one}/tickets", name=f"{plural}.tickets",
            summary="A ticket that opens one WebSocket from a browser",
            scope="read", query=TicketAsked, result=TicketMade, status=201, answer=bound(_ticket),
        ),
    ]  # fmt: skip


def layers(asked: Asked) -> Layers:
    """The flags, by the name that this kind of session has for them."""
    return asked.ai if isinstance(asked, MeetingAsked) else asked.analysis


def settings(asked: Asked) -> SessionSettings:
    """What is kept of what was asked. Raises `Problem` where it does not fit together."""
    given = asked.model_dump(exclude={"name", "ai", "analysis", "participants"})
    if isinstance(asked, MeetingAsked):
        given["people"] = asked.participants
    try:
        return SessionSettings(layers=layers(asked), **given)
    except ValidationError as error:
        raise invalid(error, "body") from error


async def _create(service: Service, kind: Kind, call: Call) -> SessionShown | Idempotent:
    asked: Asked = call.body
    if isinstance(asked, StreamAsked):
        for source in filter(None, (asked.source, asked.reference)):
            await service.readable(source)
    record = service.hub.prepared(kind, call.caller.tenant, asked.name, settings(asked))
    url = layers(asked).webhook
    endpoint = url and await new_endpoint(service, record.tenant, url, session=record.id)
    shown = session_shown(record, webhook=endpoint and endpoint_made(endpoint))
    earlier = await service.hub.create(
        record,
        endpoint=endpoint or None,
        idempotent=idempotency.answer(call, shown, 201, now=record.created),
    )
    return shown if isinstance(earlier, Session) else earlier


async def _list(service: Service, kind: Kind, call: Call) -> SessionPage:
    asked: SessionsAsked = call.query
    found = await service.ask(
        service.store.sessions,
        call.caller.tenant,
        kind,
        limit=asked.limit + 1,
        after=asked.after,
        state=asked.state,
    )
    shown = [session_shown(one) for one in found[: asked.limit] if call.caller.knows(one.id)]
    more = len(found) > asked.limit
    return SessionPage(items=shown, next=found[asked.limit - 1].id if more else None)


async def _get(service: Service, kind: Kind, call: Call) -> SessionShown:
    return session_shown(await service.record(call.caller, kind, call.path["id"]))


async def _rename(service: Service, kind: Kind, call: Call) -> SessionShown:
    record = await service.record(call.caller, kind, call.path["id"])
    await service.ask(service.store.change_session, record.id, name=call.body.name)
    return session_shown(replace(record, name=call.body.name))


async def _delete(service: Service, kind: Kind, call: Call) -> RemovedShown:
    record = await service.record(call.caller, kind, call.path["id"])
    removed = await service.hub.remove(record.id)
    return RemovedShown(**asdict(removed or Removed()))


async def _end(service: Service, kind: Kind, call: Call) -> SessionShown:
    record = await service.record(call.caller, kind, call.path["id"])
    await service.hub.end(record.id, "ended")
    return session_shown(await service.record(call.caller, kind, call.path["id"]))


async def _state(service: Service, kind: Kind, call: Call) -> dict[str, Any]:
    try:
        session = await service.session(call.caller, kind, call.path["id"])
    except AlreadyEnded:
        return {}
    return session.seen(call.caller.role)


async def _alerts(service: Service, kind: Kind, call: Call) -> AlertPage:
    return AlertPage(items=(await _state(service, kind, call)).get("alerts", []))


async def _role(service: Service, record: SessionRecord, participant: str) -> Role:
    """What somebody is, or was, in a session, whoever owns it."""
    people = SessionSettings.model_validate(record.settings).people
    hosts = {one.id for one in people if one.id is not None and one.role == "host"}
    roster, after = Roster(hosts=hosts), 0
    types = [ParticipantJoined.type]
    while page := await service.ask(
        service.store.read, record.id, after=after, limit=PAGE, types=types
    ):
        for one in page:
            roster.follow(ParticipantJoined.from_json(json.loads(one.body)["data"]))
        after = page[-1].seq
    return roster.role(participant)


async def _ticket(service: Service, kind: Kind, call: Call) -> TicketMade:
    record = await service.record(call.caller, kind, call.path["id"])
    asked: TicketAsked = call.query
    who = asked.participant
    role = None if who is None else await _role(service, record, who)
    ticket, expires = service.tickets.make(
        call.caller, now=service.wall(), session=record.id, role=role
    )
    return TicketMade(ticket=ticket, expires=moment(expires) or "")
