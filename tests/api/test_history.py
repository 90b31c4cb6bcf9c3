"""Events over HTTP, in pages and as server-sent events."""

import json
from typing import Any

import anyio
import pytest

from tests.api.running import Api, running, types

pytestmark = pytest.mark.anyio

STREAM = {"accept": "text/event-stream"}


async def spoken(api: Api) -> str:
    meeting = await api.meeting()
    await api.say(meeting, *(f"Sentence number {n} is here." for n in range(20)))
    return meeting


def parsed(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Events of a stream: their ids and what they hold."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "data" in fields:
            found.append((fields["id"], json.loads(fields["data"])))
    return found


async def test_pages_hold_every_event_once_in_order(api: Api):
    meeting = await spoken(api)
    found, after = [], 0
    while True:
        query = {"after": after, "limit": 7}
        page = (await api.http.get(f"/v1/meetings/{meeting}/events", params=query)).json()
        if not page["events"]:
            break
        found += page["events"]
        after = page["next"]
    assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
    assert len(found) > 20


async def test_a_page_holds_only_the_types_asked_for(api: Api):
    meeting = await spoken(api)
    query = {"types": "session.started,participant.joined"}
    page = (await api.http.get(f"/v1/meetings/{meeting}/events", params=query)).json()
    assert types(page["events"]) == ["session.started", "participant.joined"]


@pytest.mark.parametrize(
    "query",
    ["after=-1", f"after={1 << 53}", "after=99999999999999999999999", "limit=1001", "types=%00",
     "types=a,b", "types=" + "a.b," * 1000, "epoch=1", "after=NaN"],
)  # fmt: skip
async def test_a_place_that_cannot_be_is_refused(api: Api, query):
    meeting = await api.meeting()
    answer = await api.http.get(f"/v1/meetings/{meeting}/events?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_page_goes_on_with_the_epoch_of_its_last_event(api: Api):
    meeting = await spoken(api)
    api.service.hub.live[meeting].session.failed = True
    await api.say(meeting, "After a takeover.")
    page = (await api.http.get(f"/v1/meetings/{meeting}/events", params={"limit": 3})).json()
    assert (page["epoch"], page["next"]) == (1, 3)
    place = {"after": page["next"], "epoch": page["epoch"]}
    async with api.socket(
        f"/v1/meetings/{meeting}/events?after={place['after']}&epoch={place['epoch']}"
    ) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
    rest = await api.http.get(f"/v1/meetings/{meeting}/events", params={"after": 3})
    assert rest.json()["epoch"] == 2


async def test_what_is_forgotten_is_told_and_not_skipped(api: Api):
    meeting = await spoken(api)
    api.service.store.purge(meeting, 10)
    path = f"/v1/meetings/{meeting}/events"
    for after, headers in ((0, {}), (5, {}), (5, STREAM)):
        gone = await api.http.get(path, params={"after": after}, headers=headers)
        assert (gone.status_code, gone.json()["code"]) == (410, "history_lost")
        assert gone.json()["first"] == 10
    assert (await api.http.get(path, params={"after": 9})).json()["events"][0]["seq"] == 10


async def test_a_stream_goes_on_until_the_session_ends(api: Api):
    meeting = await spoken(api)
    path = f"/v1/meetings/{meeting}/events"
    async with api.http.stream("GET", path, headers=STREAM) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-length" not in answer.headers
        await api.say(meeting, "And one more thing.")
        await api.http.post(f"/v1/meetings/{meeting}/end")
        found = parsed((await answer.aread()).decode())
    assert [event["seq"] for _, event in found] == list(range(1, len(found) + 1))
    assert found[-1][1]["type"] == "session.ended"
    assert all(named == f"{event['epoch']}-{event['seq']}" for named, event in found)


async def test_a_stream_resumes_after_the_last_id_and_stops_a_browser_at_the_end(api: Api):
    meeting = await spoken(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    path = f"/v1/meetings/{meeting}/events"
    whole = parsed((await api.http.get(path, headers=STREAM)).text)
    for place in (1, len(whole) // 2, len(whole) - 1):
        headers = STREAM | {"last-event-id": whole[place - 1][0]}
        assert parsed((await api.http.get(path, headers=headers)).text) == whole[place:]
    last = STREAM | {"last-event-id": whole[-1][0]}
    assert (await api.http.get(path, headers=last)).status_code == 204
    foreign = STREAM | {"last-event-id": "7-3"}
    assert (await api.http.get(path, headers=foreign)).status_code == 410
    for place in (1, len(whole) - 1):
        told: dict[str, Any] = {**STREAM, "last-event-id": str(place)}
        assert parsed((await api.http.get(path, headers=told)).text) == whole[place:]
    for nonsense in (
        "x",
        "junk",
        "1-",
        "-1",
        "1:5",
        "9" * 50,
        "1-2-3",
        "²-²",
        "²",
        "+3",
        "0x3",
        "1.0",
    ):
        told = {**STREAM, "last-event-id": nonsense.encode("latin-1")}
        answer = await api.http.get(path, headers=told)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), nonsense
        assert answer.json()["detail"].startswith("Last-Event-ID: expected EPOCH-SEQ")
    beyond = STREAM | {"last-event-id": "999"}
    assert (await api.http.get(path, headers=beyond)).status_code == 410


async def test_a_stream_has_only_the_types_asked_for_and_a_head(api: Api):
    meeting = await spoken(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    path = f"/v1/meetings/{meeting}/events"
    answer = await api.http.get(path, params={"types": "session.ended"}, headers=STREAM)
    assert types([event for _, event in parsed(answer.text)]) == ["session.ended"]
    head = await api.http.head(path, headers=STREAM)
    assert (head.status_code, head.content) == (200, b"")


async def test_a_stream_shows_that_it_lives_and_ends_when_the_server_stops(folder):
    async with running(folder) as api:
        api.service.heartbeat = 0.05
        meeting = await api.meeting()
        path = f"/v1/meetings/{meeting}/events"
        async with api.http.stream("GET", path, headers=STREAM) as answer:
            pieces = answer.aiter_text()
            with anyio.fail_after(45):
                while ": still here" not in await anext(pieces):
                    pass
                api.service.stopping.set()
                async for _ in pieces:
                    pass
