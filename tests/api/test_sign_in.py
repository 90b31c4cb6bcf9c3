"""A browser that signed in: its cookie opens what its key opens, and for pages of this server only."""

from http.cookies import SimpleCookie

import pytest
from websockets.exceptions import InvalidStatus

from tests.api.running import Api, events

pytestmark = pytest.mark.anyio

HERE = {"sec-fetch-site": "same-origin"}


async def cookie(api: Api, secret: str) -> str:
    answer = await api.http.post("/v1/sign-in", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 201
    made = SimpleCookie(answer.headers["set-cookie"])["v100_key"]
    assert (made["httponly"], made["samesite"], made["path"]) == (True, "strict", "/")
    return f"v100_key={made.value}"


async def asked(api: Api, method: str, path: str, **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = api.http.build_request(method, path, headers=names)
    del request.headers["authorization"]
    return (await api.http.send(request)).status_code


async def test_the_cookie_opens_what_the_key_opens(api: Api):
    kept = await cookie(api, api.key("read"))
    assert await asked(api, "GET", "/v1/meetings", cookie=kept, **HERE) == 200
    assert await asked(api, "GET", "/v1/keys", cookie=kept, **HERE) == 403
    origin = f"http://127.0.0.1:{api.port}"
    assert await asked(api, "GET", "/v1/meetings", cookie=kept, origin=origin) == 200


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1"},
    ],
)
async def test_no_other_page_uses_it(api: Api, page: dict[str, str]):
    kept = await cookie(api, api.secret)
    for method, path in (("GET", "/v1/meetings"), ("DELETE", "/v1/sign-in")):
        assert await asked(api, method, path, cookie=kept, **page) == 403
    meeting = await api.meeting()
    more = {"cookie": kept, **page}
    with pytest.raises(InvalidStatus) as error:
        async with api.socket(
            f"/v1/meetings/{meeting}/events", secret=None, additional_headers=more
        ):
            pass
    assert error.value.response.status_code == 403


async def test_a_socket_of_the_page_opens_with_it(api: Api):
    meeting = await api.meeting()
    more = {"cookie": await cookie(api, api.secret), **HERE}
    path = f"/v1/meetings/{meeting}/events"
    async with api.socket(path, secret=None, additional_headers=more) as socket:
        assert (await events(socket, until="session.started"))[0]["type"] == "hello"


async def test_a_revoked_key_is_void_in_its_cookie_too(api: Api):
    secret = api.key("read")
    kept = await cookie(api, secret)
    newest = max(api.service.store.keys("default"), key=lambda each: each.created)
    api.service.store.revoke(newest.id)
    assert await asked(api, "GET", "/v1/meetings", cookie=kept, **HERE) == 401


async def test_what_is_no_cookie_of_ours_is_nobody(api: Api):
    for kept in ("v100_key=", "other=1", "v100_key", "=;;=\x7f", "v100_key=v100_garbage"):
        assert await asked(api, "GET", "/v1/meetings", cookie=kept, **HERE) == 401
