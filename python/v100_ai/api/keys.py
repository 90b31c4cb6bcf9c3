"""API keys over HTTP: made, listed and revoked by an administrator of their tenant."""

from functools import partial
from typing import Annotated, Any

from pydantic import Field

from v100_ai import ids
from v100_ai.api.authentication import made
from v100_ai.api.forms import Id
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import not_found
from v100_ai.api.service import Service, moment, seconds
from v100_ai.events.envelope import rfc3339
from v100_ai.records import Key, Scope
from v100_ai.session.settings import Model, Moment, Name


class KeyAsked(Model):
    """A key to be made."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=4)]
    session: Id | None = None
    expires: Moment | None = None


class KeyShown(Model):
    """A key, without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    session: str | None
    created: str
    expires: str | None
    revoked: str | None


class KeyMade(KeyShown):
    """A key with its secret, told once."""

    secret: str


class KeyPage(Model):
    """All keys."""

    items: list[KeyShown]


def operations(service: Service) -> list[Operation]:
    """The operations on keys."""

    def bound(work: Any) -> Any:
        return partial(work, service)

    return [
        Operation(
            method="POST", path="/v1/keys", name="keys.create", scope="admin",
            summary="Make a key; its secret is told once", body=KeyAsked, result=KeyMade,
            status=201, answer=bound(_create),
        ),
        Operation(
            method="GET", path="/v1/keys", name="keys.list", scope="admin",
            summary="All keys, without their secrets", result=KeyPage, answer=bound(_list),
        ),
        Operation(
            method="DELETE", path="/v1/keys/{id}", name="keys.revoke", scope="admin",
            summary="Revoke a key", status=204, answer=bound(_revoke),
        ),
    ]  # fmt: skip


async def _create(service: Service, call: Call) -> KeyMade:
    asked: KeyAsked = call.body
    if asked.session is not None:
        record = await service.ask(service.store.session, asked.session)
        if record is None or record.tenant != call.caller.tenant:
            raise not_found("session")
    key, secret = made(
        tenant=call.caller.tenant, name=asked.name, scopes=asked.scopes, now=service.wall(),
        session=asked.session, expires=seconds(asked.expires),
    )  # fmt: skip
    await service.ask(service.store.add_key, key)
    service.open = False
    return KeyMade(**_shown(key).model_dump(), secret=secret)


async def _list(service: Service, call: Call) -> KeyPage:
    found = await service.ask(service.store.keys, call.caller.tenant)
    return KeyPage(items=[_shown(one) for one in found])


async def _revoke(service: Service, call: Call) -> None:
    given = call.path["id"]
    known = await service.ask(service.store.keys, call.caller.tenant)
    if not ids.known(given, "key") or all(one.id != given for one in known):
        raise not_found("key")
    await service.ask(service.store.revoke, given)


def _shown(key: Key) -> KeyShown:
    return KeyShown(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        session=key.session,
        created=rfc3339(key.created),
        expires=moment(key.expires),
        revoked=moment(key.revoked),
    )
