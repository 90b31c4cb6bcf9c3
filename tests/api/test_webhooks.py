"""Webhooks over HTTP: where events go, how that went, and sending them again."""

from collections.abc import AsyncIterator
from functools import partial

import anyio
import pytest
from standardwebhooks import Webhook

from tests.api.running import MEETING, Api, running, until
from tests.delivery.receivers import Good
from tests.listening import ear

pytestmark = pytest.mark.anyio


@pytest.fixture
async def near(folder) -> AsyncIterator[Api]:
    """A service that may send to this machine."""
    async with running(folder, allow_private=True) as api:
        yield api


def arrived(good: Good, count: int) -> bool:
    return len(good.requests) == count


async def made(api: Api, url: str, **more) -> dict[str, str]:
    answer = await api.http.post("/v1/webhooks", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_an_endpoint_is_made_shown_changed_and_removed(api: Api):
    hook = await made(api, "https://hooks.invalid/a", types=["alert.opened"])
    assert hook["secret"].startswith("whsec_")
    one = f"/v1/webhooks/{hook['id']}"
    shown = (await api.http.get(one)).json()
    assert shown == {name: value for name, value in hook.items() if name != "secret"}
    assert shown in (await api.http.get("/v1/webhooks")).json()["items"]
    change = {"url": "https://hooks.invalid/b", "types": [], "enabled": False}
    changed = (await api.http.patch(one, json=change)).json()
    assert (changed["url"], changed["types"], changed["enabled"]) == (change["url"], [], False)
    assert (await api.http.patch(one, json={"enabled": True})).json()["disabled"] is None
    rotated = (await api.http.post(f"{one}/rotate")).json()
    assert rotated["secret"] != hook["secret"]
    assert (await api.http.delete(one)).status_code == 204
    for method, path in (("GET", one), ("DELETE", one), ("POST", f"{one}/test")):
        assert (await api.http.request(method, path)).status_code == 404


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost.:1/", "http://[::1]/", "http://0x7f.1/", "http://2130706433/",
     "http://169.254.169.254/latest", "https://u:p@hooks.invalid/", "ftp://hooks.invalid/", "x", "",
     "https://hooks.invalid/\x00", "http://hooks.invalid:22/", "https://hooks.invalid/#a"],
)  # fmt: skip
async def test_nothing_is_sent_where_nothing_may_be(api: Api, url):
    refused = await api.http.post("/v1/webhooks", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    hook = await made(api, "https://hooks.invalid/")
    changed = await api.http.patch(f"/v1/webhooks/{hook['id']}", json={"url": url})
    assert changed.status_code == 422
    with_session = MEETING | {"ai": {"webhook": url}}
    assert (await api.http.post("/v1/meetings", json=with_session)).status_code == 422


async def test_a_session_tells_its_webhook_all_of_it_signed(near: Api):
    good = Good()
    async with ear(good) as heard:
        url = f"http://127.0.0.1:{heard.port}/hook"
        ai = {"ai": {"highlights": True, "webhook": url}}
        answer = (await near.http.post("/v1/meetings", json=MEETING | ai)).json()
        await near.say(answer["id"], "We will ship on Friday.")
        await near.http.post(f"/v1/meetings/{answer['id']}/end")
        last = (await near.http.get(f"/v1/meetings/{answer['id']}")).json()["seq"]
        await until(lambda: len(good.requests) >= last)
    verifier = Webhook(answer["webhook"]["secret"])
    seqs = [verifier.verify(body, head)["seq"] for head, body in good.requests]
    assert sorted(set(seqs)) == list(range(1, last + 1))


async def test_a_test_event_arrives_and_is_in_the_list(near: Api):
    good = Good()
    async with ear(good) as heard:
        hook = await made(near, f"http://127.0.0.1:{heard.port}/")
        one = f"/v1/webhooks/{hook['id']}"
        sent = await near.http.post(f"{one}/test")
        assert (sent.status_code, sent.json()["type"]) == (202, "webhook.test")
        await until(lambda: len(good.requests) == 1)
        with anyio.fail_after(45):
            while True:
                page = (await near.http.get(f"{one}/deliveries?state=delivered")).json()
                if page["items"]:
                    break
        assert page["items"][0]["id"] == sent.json()["id"]
        assert (page["items"][0]["status"], page["items"][0]["attempts"]) == (204, 1)


async def test_events_are_sent_again_by_id_and_by_time(near: Api):
    good = Good()
    async with ear(good) as heard:
        # Of one type: what the session counted is told too, once that takes long enough.
        hook = await made(near, f"http://127.0.0.1:{heard.port}/", types=["session.started"])
        stream = await near.stream()
        await until(lambda: len(good.requests) == 1)
        events = (await near.http.get(f"/v1/streams/{stream}/events")).json()["events"]
        path = f"/v1/webhooks/{hook['id']}/replay"
        for asked in ({"events": [events[0]["id"]]}, {"since": "2026-01-01T00:00:00Z"}):
            count = len(good.requests) + 1
            answer = await near.http.post(path, json=asked)
            assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
            await until(partial(arrived, good, count))
        ids = {head["webhook-id"] for head, _ in good.requests}
        assert len(ids) == 1
        for wrong in ({}, {"since": "2026-01-01T00:00:00"}, {"events": ["x"]}):
            assert (await near.http.post(path, json=wrong)).status_code == 422


async def test_a_tenant_has_so_many_endpoints(folder):
    async with running(folder) as api:
        for number in range(100):
            await made(api, f"https://hooks.invalid/{number}")
        one_more = await api.http.post("/v1/webhooks", json={"url": "https://hooks.invalid/"})
        assert (one_more.status_code, one_more.json()["code"]) == (409, "too_many")
