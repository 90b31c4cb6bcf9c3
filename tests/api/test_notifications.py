"""A person's own channel: told once of work given to them in meetings they are not in."""

import json
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from tests.api.running import Api
from v100_ai import ids
from v100_ai.bus import LocalBus
from v100_ai.hub import channel

pytestmark = pytest.mark.anyio

SARAH = {"id": "sarah", "name": "Sarah Jones", "address": "Sarah@example.com"}
CHANNEL = "/v1/people/sarah@example.com"


async def given(api: Api, number: int, **more: Any) -> str:
    """A meeting in which Sarah, who is not there, is given work."""
    meeting = await api.meeting(participants=[SARAH], **more)
    text = f"Sarah will send report number {number} to everybody by Friday."
    await api.say(meeting, text)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    return meeting


async def heard(socket: ClientConnection) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] != "heartbeat":
            return message


async def test_who_is_absent_is_told_once_on_their_own_channel(api: Api):
    async with api.socket(f"{CHANNEL}/events") as socket:
        meeting = await given(api, 1)
        told = await heard(socket)
        other = await given(api, 2)
        again = await heard(socket)
    assert (told["type"], told["session"]) == ("notification.action_item", meeting)
    assert told["data"]["person"] == "Sarah Jones"
    assert "report number 1" in told["data"]["text"]
    assert again["session"] == other


async def test_what_was_missed_follows_on_the_event_that_was_seen(api: Api):
    async with api.socket(f"{CHANNEL}/events") as socket:
        await given(api, 3)
        seen = await heard(socket)
    missed = [await given(api, number) for number in (4, 5)]
    async with api.socket(f"{CHANNEL}/events?after={seen['id']}") as socket:
        told = [await heard(socket) for _ in missed]
        live = await given(api, 6)
        assert (await heard(socket))["session"] == live
    assert [each["session"] for each in told] == missed
    kept = (await api.http.get(f"{CHANNEL}/events", params={"after": seen["id"]})).json()
    assert [each["session"] for each in kept["events"]] == [*missed, live]
    assert kept["next"] == kept["events"][-1]["id"]


async def test_what_the_bus_loses_is_found_in_the_log(api: Api):
    async with api.socket(f"{CHANNEL}/events") as socket:
        await given(api, 7)
        await heard(socket)
        publish, api.service.bus.publish = api.service.bus.publish, lambda *_: None  # type: ignore[method-assign]
        lost = await given(api, 8)
        api.service.bus.publish = publish  # type: ignore[method-assign]
        found = await given(api, 9)
        assert (await heard(socket))["session"] == found
        assert isinstance(api.service.bus, LocalBus)
        api.service.bus.lose(channel("default", "sarah@example.com"))
        assert (await heard(socket))["session"] == lost


async def test_a_ticket_opens_that_channel_and_nothing_else(api: Api):
    meeting = await given(api, 10)
    made = (await api.http.post(f"{CHANNEL}/tickets")).json()["ticket"]
    async with api.socket(f"{CHANNEL}/events?ticket={made}", secret=None) as socket:
        await given(api, 11)
        assert (await heard(socket))["type"] == "notification.action_item"
    for path in (
        f"{CHANNEL}/events",
        "/v1/people/bob@example.com/events",
        f"/v1/meetings/{meeting}/events",
    ):
        ticket = (
            made
            if path.startswith(CHANNEL)
            else (await api.http.post(f"{CHANNEL}/tickets")).json()["ticket"]
        )
        with pytest.raises(InvalidStatus) as no:
            async with api.socket(f"{path}?ticket={ticket}", secret=None):
                pass
        assert no.value.response.status_code in (401, 403, 404)


@pytest.mark.parametrize("scopes", [("read",), ("ingest",), ("read", "ingest")])
async def test_only_administrators_open_anybody_s_channel(api: Api, scopes: tuple[Any, ...]):
    with pytest.raises(InvalidStatus) as no:
        async with api.socket(f"{CHANNEL}/events", secret=api.key(*scopes)):
            pass
    assert no.value.response.status_code == 403


async def test_other_tenants_have_other_people_of_that_address(api: Api):
    async with api.socket(f"{CHANNEL}/events?after=", secret=api.key(tenant="other")) as socket:
        await given(api, 12)
        with pytest.raises(TimeoutError):
            await heard_within(socket, 0.3)


async def heard_within(socket: ClientConnection, seconds: float) -> None:

    with anyio.fail_after(seconds):
        await heard(socket)


def test_ids_tell_when_they_were_made():
    made = ids.new("evt", at=1_800_000_000.123)
    assert ids.moment(made) == pytest.approx(1_800_000_000.123, abs=1e-3)
    assert ids.earliest("evt", at=1_800_000_000.123) <= made < ids.earliest("evt", at=1_800_000_001)
    with pytest.raises(ValueError, match="expected an id"):
        ids.moment("evt_nothing")
