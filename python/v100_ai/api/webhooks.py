"""Webhooks over HTTP: endpoints, what is on its way to them, and sending it again."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from v100_ai import ids
from v100_ai.addresses import WEB
from v100_ai.api import idempotency
from v100_ai.api.authentication import Caller
from v100_ai.api.models import (
    Accepted,
    DeliveriesAsked,
    DeliveryPage,
    DeliveryShown,
    EndpointAsked,
    EndpointChanged,
    EndpointMade,
    EndpointPage,
    EndpointShown,
    ReplayAsked,
)
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem, not_found
from v100_ai.api.service import Service, forgotten, moment, seconds
from v100_ai.delivery import secret
from v100_ai.events import TEST, envelope
from v100_ai.events.envelope import rfc3339
from v100_ai.records import Delivery, Endpoint, Stored
from v100_ai.store import Idempotent

MOST: Final = 100
"""Endpoints of one tenant that belong to no session."""


def operations(service: Service) -> list[Operation]:
    """The operations on webhooks."""
    one = "/v1/webhooks/{id}"

    def bound(work: Any) -> Any:
        return partial(work, service)

    return [
        Operation(
            method="POST", path="/v1/webhooks", name="webhooks.create", scope="admin",
            summary="Send events to an endpoint", body=EndpointAsked, result=EndpointMade,
            status=201, idempotent=True, keeps=True, answer=bound(_create),
        ),
        Operation(
            method="GET", path="/v1/webhooks", name="webhooks.list", scope="admin",
            summary="All endpoints", result=EndpointPage, answer=bound(_list),
        ),
        Operation(
            method="GET", path=one, name="webhooks.get", scope="admin",
            summary="One endpoint", result=EndpointShown, answer=bound(_get),
        ),
        Operation(
            method="PATCH", path=one, name="webhooks.update", scope="admin",
            summary="Change an endpoint, or enable it again", body=EndpointChanged,
            result=EndpointShown, answer=bound(_change),
        ),
        Operation(
            method="DELETE", path=one, name="webhooks.delete", scope="admin",
            summary="Send nothing more, and forget what is on its way", status=204, answer=bound(_delete),
        ),
        Operation(
            method="POST", path=f"{one}/rotate", name="webhooks.rotate", scope="admin",
            summary="A new secret; until the next rotation both sign", result=EndpointMade, idempotent=True, answer=bound(_rotate),
        ),
        Operation(
            method="POST", path=f"{one}/test", name="webhooks.test", scope="admin",
            summary="Send an event that means nothing", result=DeliveryShown, status=202, idempotent=True,
            answer=bound(_test),
        ),
        Operation(
            method="GET", path=f"{one}/deliveries", name="webhooks.deliveries", scope="admin",
            summary="What was sent, is on its way or dead, newest first", query=DeliveriesAsked,
            result=DeliveryPage, answer=bound(_deliveries),
        ),
        Operation(
            method="POST", path=f"{one}/replay", name="webhooks.replay", scope="admin",
            summary="Send events again, by id or by time", body=ReplayAsked, result=Accepted,
            status=202, idempotent=True, answer=bound(_replay),
        ),
    ]  # fmt: skip


async def new_endpoint(
    service: Service,
    tenant: str,
    url: str,
    *,
    types: tuple[str, ...] = (),
    session: str | None = None,
) -> Endpoint:
    """An endpoint that may be kept. Raises `AddressRefused` for a URL where nothing may be sent."""
    await service.reachable(url, WEB)
    now = service.wall()
    return Endpoint(
        id=ids.new("whk", at=now), tenant=tenant, url=url, secrets=(secret(),),
        created=now, types=types, session=session,
    )  # fmt: skip


def endpoint_made(endpoint: Endpoint) -> EndpointMade:
    """The endpoint with its newest secret."""
    return EndpointMade(**endpoint_shown(endpoint).model_dump(), secret=endpoint.secrets[0])


def endpoint_shown(endpoint: Endpoint) -> EndpointShown:
    """The endpoint as it is told of."""
    return EndpointShown(
        id=endpoint.id,
        url=endpoint.url,
        types=list(endpoint.types),
        session=endpoint.session,
        created=rfc3339(endpoint.created),
        enabled=endpoint.disabled is None,
        disabled=endpoint.disabled,
    )


async def _create(service: Service, call: Call) -> EndpointMade | Idempotent:
    asked: EndpointAsked = call.body
    tenant = call.caller.tenant
    if asked.session is not None:
        await _own(service, call.caller, asked.session)
    if len(await service.ask(service.store.endpoints, tenant)) >= MOST and asked.session is None:
        raise Problem(409, "too_many", f"expected at most {MOST} endpoints")
    endpoint = await new_endpoint(
        service, tenant, asked.url, types=asked.types, session=asked.session
    )
    made = endpoint_made(endpoint)
    kept = idempotency.answer(call, made, 201, now=endpoint.created)
    earlier = await service.ask(service.store.add_endpoint, endpoint, idempotent=kept)
    return made if earlier is None else earlier


async def _list(service: Service, call: Call) -> EndpointPage:
    found = await service.ask(service.store.endpoints, call.caller.tenant)
    return EndpointPage(items=[endpoint_shown(one) for one in found])


async def _get(service: Service, call: Call) -> EndpointShown:
    return endpoint_shown(await _endpoint(service, call))


async def _change(service: Service, call: Call) -> EndpointShown:
    asked: EndpointChanged = call.body
    endpoint = await _endpoint(service, call)
    if asked.url is not None:
        await service.reachable(asked.url, WEB)
        endpoint = replace(endpoint, url=asked.url)
    if asked.types is not None:
        endpoint = replace(endpoint, types=asked.types)
    if asked.enabled is not None:
        endpoint = replace(endpoint, disabled=None if asked.enabled else "disabled by hand")
    await _keep(service, endpoint)
    return endpoint_shown(endpoint)


async def _delete(service: Service, call: Call) -> None:
    endpoint = await _endpoint(service, call)
    await service.ask(service.store.remove_endpoint, endpoint.id)


async def _rotate(service: Service, call: Call) -> EndpointMade:
    endpoint = await _endpoint(service, call)
    endpoint = replace(endpoint, secrets=(secret(), endpoint.secrets[0]))
    await _keep(service, endpoint)
    return endpoint_made(endpoint)


async def _test(service: Service, call: Call) -> DeliveryShown:
    endpoint = await _endpoint(service, call)
    now = service.wall()
    named, session = ids.new("evt", at=now), endpoint.session or ""
    body = envelope.body(
        id=named, type=TEST, at=now, session=session, seq=0, epoch=0, data={"endpoint": endpoint.id}
    )
    event = Stored(id=named, type=TEST, time=now, session=session, seq=0, epoch=0, body=body)
    made = await service.ask(service.store.add_test, endpoint.id, event)
    service.dispatcher.notify()
    found = await service.ask(service.store.deliveries, endpoint.id, limit=200)
    for delivery in found:
        if delivery.id == made:
            return _shown(delivery)
    raise not_found("webhook")


async def _deliveries(service: Service, call: Call) -> DeliveryPage:
    endpoint, asked = await _endpoint(service, call), call.query
    found = await service.ask(
        service.store.deliveries,
        endpoint.id,
        limit=asked.limit + 1,
        after=asked.after,
        state=asked.state,
    )
    more = len(found) > asked.limit
    page = found[: asked.limit]
    return DeliveryPage(items=[_shown(one) for one in page], next=page[-1].id if more else None)


async def _replay(service: Service, call: Call) -> Accepted:
    endpoint, asked = await _endpoint(service, call), call.body
    if not asked.events and asked.since is None and asked.until is None:
        raise Problem(422, "invalid", "expected events, or since or until, found none of them")
    count = await service.ask(
        service.store.replay,
        endpoint.id,
        events=asked.events,
        since=seconds(asked.since),
        until=seconds(asked.until),
    )
    service.dispatcher.notify()
    return Accepted(accepted=count)


async def _endpoint(service: Service, call: Call) -> Endpoint:
    given = call.path["id"]
    if ids.known(given, "whk"):
        endpoint = await service.ask(service.store.endpoint, given)
        if endpoint is not None and endpoint.tenant == call.caller.tenant:
            return endpoint
    raise not_found("webhook")


async def _keep(service: Service, endpoint: Endpoint) -> None:
    if not await service.ask(service.store.change_endpoint, endpoint):
        raise not_found("webhook")
    service.dispatcher.notify()


async def _own(service: Service, caller: Caller, session: str) -> None:
    record = await service.ask(service.store.session, session)
    if record is None or record.tenant != caller.tenant:
        raise not_found("session")
    if record.forgotten is not None:
        raise forgotten(record)


def _shown(delivery: Delivery) -> DeliveryShown:
    return DeliveryShown(
        id=delivery.id,
        event=delivery.event,
        type=delivery.type,
        session=delivery.session,
        seq=delivery.seq,
        state=delivery.state,
        attempts=delivery.attempts,
        created=rfc3339(delivery.created),
        due=moment(delivery.due) if delivery.state == "pending" else None,
        status=delivery.status,
        error=delivery.error,
    )
