"""Who may do what: every route and every socket, with every key that must not open it."""

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.api.running import MEETING, Api, events, running
from v100_ai import clock
from v100_ai.api.app import operations
from v100_ai.api.operation import Operation
from v100_ai.records import Scope

pytestmark = pytest.mark.anyio

SCOPES: tuple[Scope, ...] = ("admin", "ingest", "read")
BODIES: dict[str, Any] = {
    "create": {"name": "n"},
    "update": {"name": "n"},
    "participants.add": {"id": "bob"},
    "tokens": {"participant": "bob"},
    "participants.update": {"muted": False},
    "captions": {"participant": "a", "start": 0, "end": 1, "text": "t"},
    "levels": {"participant": "a", "level": -3},
    "webhooks.create": {"url": "https://example.com/"},
    "webhooks.update": {"enabled": True},
    "webhooks.replay": {"since": "2026-01-01T00:00:00Z"},
    "keys.create": {"name": "n", "scopes": ["read"]},
    "deepfake": {"verdict": "confirmed", "by": "ana"},
    "clips.create": {"from_pts": 0, "to_pts": 1},
    "clips.edit": {"version": 1, "operations": [{"op": "remove_fillers"}]},
    "clips.keep": {"kept": True},
}


def every() -> list[Operation]:
    found = operations(None)
    assert len(found) > 50
    return found


async def asked(api: Api, operation: Operation, path: str, secret: str | None) -> Any:
    told = "" if secret is None else f"Bearer {secret}".strip()
    headers: dict[str, Any] = {"authorization": told}
    more: dict[str, Any] = {}
    _, _, short = operation.name.partition(".")
    body = BODIES.get(operation.name, BODIES.get(short))
    if operation.takes != "application/json":
        headers["content-type"] = operation.takes
        known = {"participant": "a", "rate": "8000"}
        fields = operation.query.model_fields if operation.query is not None else ()
        more = {"content": b"", "params": {name: known[name] for name in fields if name in known}}
    elif operation.body is not None:
        assert body is not None, operation.name
        more = {"json": body}
    return await api.http.request(operation.method, path, headers=headers, **more)


async def paths(api: Api, operation: Operation) -> str:
    """The operation's path, on things that exist and are the administrator's."""
    path = operation.path
    if "/meetings/{id}" in path:
        path = path.replace("{id}", await api.meeting())
    elif "/streams/{id}" in path:
        path = path.replace("{id}", await api.stream())
    elif "/webhooks/{id}" in path:
        made = await api.http.post("/v1/webhooks", json={"url": "https://192.0.2.1/"})
        made = made if made.status_code == 201 else await webhook(api)
        path = path.replace("{id}", made.json()["id"])
    elif "/keys/{id}" in path:
        made = await api.http.post("/v1/keys", json={"name": "n", "scopes": ["read"]})
        path = path.replace("{id}", made.json()["id"])
    return path.replace("{participant}", "alice").replace("{connection}", "none")


async def webhook(api: Api) -> Any:
    answer = await api.http.post("/v1/webhooks", json={"url": "https://hooks.invalid/hook"})
    assert answer.status_code == 201, answer.text
    return answer


async def strangers(api: Api) -> dict[str, tuple[str | None, int]]:
    """Who is nobody to this server, and what they are told."""
    revoked = api.key()
    api.service.store.revoke(api.service.store.keys("default")[0].id)
    return {
        "nobody": (None, 401),
        "an empty key": ("", 401),
        "garbage": ("v100_garbage", 401),
        "controls": ("v100_\tx", 401),
        "expired": (api.key(expires=clock.wall() - 1), 401),
        "revoked": (revoked, 401),
    }


@pytest.mark.parametrize("operation", every(), ids=lambda each: each.name)
async def test_no_operation_opens_to_a_key_that_may_not(api: Api, operation: Operation):
    path = await paths(api, operation)
    for who, (secret, status) in (await strangers(api)).items():
        answer = await asked(api, operation, path, secret)
        assert answer.status_code == status, who
        assert answer.json()["code"] == "unauthorised"
        assert answer.headers["www-authenticate"] == "Bearer"
    for scope in (each for each in SCOPES if each not in {operation.scope, "admin"}):
        answer = await asked(api, operation, path, api.key(scope))
        assert (answer.status_code, answer.json()["scope"]) == (403, operation.scope)
    other = await asked(api, operation, path, api.key(tenant="other"))
    if "{" in operation.path and not operation.name.startswith("people."):
        assert (other.status_code, other.json()["code"]) == (404, "not_found")
    narrowed = await asked(api, operation, path, api.key(session=await api.meeting()))
    assert narrowed.status_code == (404 if operation.narrow else 403)
    allowed = await asked(api, operation, path, api.key(operation.scope))
    assert allowed.status_code not in {401, 403}


async def test_what_is_another_tenants_is_in_no_list(api: Api):
    await api.meeting()
    await webhook(api)
    other = {"authorization": f"Bearer {api.key(tenant='lists')}"}
    for path in ("/v1/meetings", "/v1/streams", "/v1/webhooks"):
        assert (await api.http.get(path, headers=other)).json()["items"] == []
    keys = (await api.http.get("/v1/keys", headers=other)).json()["items"]
    assert len(keys) == 1


async def test_nothing_refers_to_another_tenants_session(api: Api):
    meeting = await api.meeting()
    other = {"authorization": f"Bearer {api.key(tenant='refers')}"}
    hook = {"url": "https://hooks.invalid/", "session": meeting}
    key = {"name": "n", "scopes": ["read"], "session": meeting}
    for path, body in (("/v1/webhooks", hook), ("/v1/keys", key)):
        assert (await api.http.post(path, json=body, headers=other)).status_code == 404


@pytest.mark.parametrize(("room", "scope"), [("events", "read"), ("ingest", "ingest")])
@pytest.mark.parametrize("plural", ["meetings", "streams"])
async def test_no_socket_opens_to_a_key_that_may_not(api: Api, plural, room, scope):
    session = await (api.meeting() if plural == "meetings" else api.stream())
    path = f"/v1/{plural}/{session}/{room}"
    refused: list[tuple[str | None, int]] = [*(await strangers(api)).values()]
    refused += [(api.key(other), 403) for other in SCOPES if other not in {scope, "admin"}]
    refused += [(api.key(tenant="other"), 404), (api.key(session=await api.meeting()), 404)]
    for secret, status in refused:
        bearer = {"authorization": f"Bearer {secret}".strip()} if secret is not None else {}
        with pytest.raises(InvalidStatus) as error:
            async with api.socket(path, secret=None, additional_headers=bearer):
                pass
        assert error.value.response.status_code == status
        if secret and secret.isprintable():
            with pytest.raises(InvalidStatus) as error:
                async with api.socket(path, secret=None, subprotocols=[f"bearer.{secret}"]):
                    pass
            assert error.value.response.status_code == status
    async with api.socket(path, secret=api.key(scope, session=session)):
        pass
    key = api.key(scope)
    async with api.socket(path, secret=None, subprotocols=["v100.v1", f"bearer.{key}"]) as socket:
        assert socket.subprotocol == "v100.v1"


async def test_a_ticket_opens_one_socket_once_and_soon(folder):
    async with running(folder) as api:
        first, second = await api.meeting(), await api.meeting()

        async def ticket() -> str:
            answer = await api.http.post(f"/v1/meetings/{first}/tickets")
            assert answer.status_code == 201
            return str(answer.json()["ticket"])

        async def status(path: str) -> int:
            try:
                async with api.socket(path, secret=None) as socket:
                    await events(socket, until="hello")
            except InvalidStatus as refused:
                return refused.response.status_code
            return 101

        path = f"/v1/meetings/{first}/events?ticket="
        one = await ticket()
        assert [await status(path + one) for _ in range(2)] == [101, 401]
        assert await status(f"/v1/meetings/{second}/events?ticket={await ticket()}") == 404
        assert await status(f"/v1/meetings/{first}/ingest?ticket={await ticket()}") == 403
        late = await ticket()
        api.service.wall = lambda: clock.wall() + 61
        assert await status(path + late) == 401
        assert await status(path + "tkt_garbage") == 401


async def test_a_ticket_is_no_better_than_the_key_that_made_it(folder):
    async with running(folder) as api:
        meeting = await api.meeting()
        secret = api.key("read")
        bearer = {"authorization": f"Bearer {secret}"}
        made = await api.http.post(f"/v1/meetings/{meeting}/tickets", headers=bearer)
        api.service.store.revoke(api.service.store.keys("default")[0].id)
        with pytest.raises(InvalidStatus) as error:
            async with api.socket(
                f"/v1/meetings/{meeting}/events?ticket={made.json()['ticket']}", secret=None
            ):
                pass
        assert error.value.response.status_code == 401


async def test_a_key_is_told_once_and_works_until_it_is_revoked(api: Api):
    made = await api.http.post("/v1/keys", json={"name": "ci", "scopes": ["read"]})
    assert made.status_code == 201
    secret, id = made.json()["secret"], made.json()["id"]  # noqa: A001
    listed = await api.http.get("/v1/keys")
    assert secret not in listed.text
    bearer = {"authorization": f"Bearer {secret}"}
    path = f"/v1/meetings/{await api.meeting()}"
    assert (await api.http.get(path, headers=bearer)).status_code == 200
    assert (await api.http.delete(f"/v1/keys/{id}")).status_code == 204
    assert (await api.http.get(path, headers=bearer)).status_code == 401
    assert (await api.http.delete("/v1/keys/key_x")).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8100"}, 200),
        ({"host": "[::1]:8100"}, 200),
        ({"host": "rebound.example:8100"}, 403),
        ({"host": "localhost.example"}, 403),
        ({"host": ""}, 403),
        ({"host": "127.0.0.1:1", "origin": "http://127.0.0.1:1"}, 200),
        ({"host": "127.0.0.1:1", "origin": "http://127.0.0.1:2"}, 403),
        ({"host": "127.0.0.1:1", "origin": "https://page.example"}, 403),
        ({"host": "127.0.0.1:1", "origin": "null"}, 403),
    ],
)
async def test_without_keys_no_page_from_elsewhere_gets_in(folder, headers, status):
    async with running(folder, keys=False) as api:
        assert (await api.http.get("/v1/meetings", headers=headers)).status_code == status
        made = await api.http.post("/v1/meetings", json=MEETING, headers=headers)
        assert made.status_code == (201 if status == 200 else 403)
        if "host" not in headers:
            meeting = made.json()["id"]
            path = f"/v1/meetings/{meeting}/events"
            async with api.socket(path, secret=None) as socket:
                await events(socket, until="hello")
            with pytest.raises(InvalidStatus) as error:
                async with api.socket(path, secret=None, origin="https://page.example"):
                    pass
            assert error.value.response.status_code == 403


async def test_a_server_without_keys_closes_with_the_first_one_wherever_it_is_made(folder):
    async with running(folder, keys=False) as api:
        assert (await api.http.get("/v1/meetings")).status_code == 200
        api.key()
        answer = await api.http.get("/v1/meetings")
        assert (answer.status_code, json.loads(answer.text)["code"]) == (401, "unauthorised")
