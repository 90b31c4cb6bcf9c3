"""What is for hosts alone is seen by hosts alone: over sockets, event streams, pages and reports."""

import json
from typing import Any

import pytest

from tests.api.running import Api, events
from v100_ai import events as catalogue
from v100_ai.client.follower import Follower
from v100_ai.events import (
    EVENTS,
    TYPES,
    AlertOpened,
    FrameAnalysis,
    ParticipantMuted,
    Role,
    SummaryUpdated,
    as_seen,
    visible,
)
from v100_ai.hub.reported import envelopes
from v100_ai.layers.active_speaker.layer import ActiveSpeakerLayer

pytestmark = pytest.mark.anyio

HIDDEN = ParticipantMuted.type


@pytest.fixture(autouse=True)
def only_for_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParticipantMuted, "audience", "host")
    monkeypatch.setattr(SummaryUpdated, "audience", "administrators")
    monkeypatch.setattr(ActiveSpeakerLayer, "audience", "host")


async def held(api: Api) -> str:
    """A meeting with a host, a participant, and something that is not for everybody."""
    meeting = await api.meeting(
        participants=[{"id": "ana", "name": "Ana", "role": "host"}],
        ai={"highlights": {"budget": False}, "active_speaker": True},
    )
    home = f"/v1/meetings/{meeting}"
    await api.http.post(f"{home}/participants", json={"id": "ana"})
    await api.http.post(f"{home}/participants", json={"id": "bob", "name": "Bob"})
    await api.http.patch(f"{home}/participants/bob", json={"muted": True})
    await api.say(
        meeting, "Bob, will you send the plan by Friday?", "Yes, I will send it by Friday."
    )
    return meeting


async def seen(api: Api, meeting: str, participant: str | None) -> list[dict[str, Any]]:
    """What the socket of somebody says, whom a ticket let in."""
    home = f"/v1/meetings/{meeting}"
    query = {} if participant is None else {"participant": participant}
    made = await api.http.post(f"{home}/tickets", params=query)
    assert made.status_code == 201, made.text
    path = f"{home}/events?ticket={made.json()['ticket']}"
    async with api.socket(path, secret=None) as socket:
        return await events(socket)


async def test_a_socket_tells_what_its_reader_s_role_may_see(api: Api):
    meeting = await held(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    told = {who: await seen(api, meeting, who) for who in (None, "ana", "bob", "nobody")}
    types = {who: {each["type"] for each in messages} for who, messages in told.items()}
    assert {HIDDEN, SummaryUpdated.type} <= types[None]
    assert HIDDEN in types["ana"]
    assert SummaryUpdated.type not in types["ana"]
    assert types["bob"] == types["nobody"]
    assert {HIDDEN, SummaryUpdated.type}.isdisjoint(types["bob"])
    assert "highlight.created" in types["bob"]
    assert [told[who][0]["partial"] for who in (None, "ana", "bob")] == [False, True, True]


async def test_what_stands_is_told_by_role_too(api: Api):
    meeting = await held(api)
    home = f"/v1/meetings/{meeting}"
    for who, knows in ((None, True), ("ana", True), ("bob", False)):
        query = {} if who is None else {"participant": who}
        ticket = (await api.http.post(f"{home}/tickets", params=query)).json()["ticket"]
        async with api.socket(f"{home}/events?ticket={ticket}", secret=None) as socket:
            (hello,) = await events(socket, until="hello")
        assert ("talking" in hello["state"]) == knows
        assert "summary" in hello["state"]


async def test_pages_streams_and_reports_leave_out_what_a_key_may_not_see(api: Api):
    meeting = await held(api)
    home = f"/v1/meetings/{meeting}"
    await api.http.post(f"{home}/end")
    made = await api.http.post("/v1/keys", json={"name": "reader", "scopes": ["read"]})
    reader = {"authorization": f"Bearer {made.json()['secret']}"}
    for headers, whole in (({}, True), (reader, False)):
        page = (await api.http.get(f"{home}/events", headers=headers)).json()
        assert (SummaryUpdated.type in {each["type"] for each in page["events"]}) == whole
        stream = {"accept": "text/event-stream", **headers}
        assert (
            SummaryUpdated.type in (await api.http.get(f"{home}/events", headers=stream)).text
        ) == whole
        report = (await api.http.get(f"{home}/report.json", headers=headers)).json()
        assert ("summary" in report) == whole
        assert (HIDDEN in {each["type"] for each in page["events"]}) == whole
        asked = {"types": SummaryUpdated.type}
        only = (await api.http.get(f"{home}/events", headers=headers, params=asked)).json()
        assert bool(only["events"]) == whole


async def test_a_role_is_told_and_can_be_changed(api: Api):
    meeting = await held(api)
    home = f"/v1/meetings/{meeting}/participants"
    people = (await api.http.get(home)).json()["items"]
    assert {each["id"]: each["role"] for each in people} == {
        "ana": "host",
        "bob": "participant",
        "alice": "participant",
    }
    changed = await api.http.patch(f"{home}/bob", json={"role": "host"})
    assert changed.json()["role"] == "host"
    page = (await api.http.get(f"/v1/meetings/{meeting}/events")).json()
    joined = [e["data"] for e in page["events"] if e["type"] == "participant.joined"]
    assert [each.get("role") for each in joined if each["participant"] == "bob"] == [None, "host"]


async def test_a_client_goes_on_where_numbers_are_not_for_it(api: Api):
    meeting = await held(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    follower = Follower(session=meeting, now=lambda: 0.0)
    follower.query()
    taken = [follower.take(json.dumps(each)) for each in await seen(api, meeting, "bob")]
    assert follower.ended()
    assert HIDDEN not in {each.type for each in taken if each is not None}


def test_everybody_sees_all_that_is_for_everybody(monkeypatch: pytest.MonkeyPatch):
    for kind in EVENTS:
        monkeypatch.setattr(kind, "audience", "session")
    assert visible("participant") == ()
    monkeypatch.setattr(SummaryUpdated, "audience", "host")
    assert set(TYPES) - set(visible("participant")) == {SummaryUpdated.type}
    assert visible("participant", ["talk.started", SummaryUpdated.type]) == ("talk.started",)
    assert visible("participant", [SummaryUpdated.type]) not in ((), (SummaryUpdated.type,))
    assert visible("host", [SummaryUpdated.type]) == (SummaryUpdated.type,)


def test_readings_for_hosts_are_left_out_of_what_is_for_everybody():
    said = FrameAnalysis(
        frame=24,
        frames=25,
        from_pts=0.0,
        to_pts=0.96,
        columns={"pts": [0.0], "deepfake_score": [0.7], "deepfake_flicker": [0.1]},
        readings={"brightness": 3.0, "deepfake_score": {"min": 0.1, "mean": 0.2, "max": 0.7}},
    )
    alert = AlertOpened(
        rule="altered",
        incident="altered-1",
        reading="deepfake_score",
        value=0.7,
        limit=0.5,
        start=0.0,
        at=1.0,
    )
    bodies = [
        json.dumps({"type": each.type, "data": each.to_json()}).encode() for each in (said, alert)
    ]
    for role in ("host", "administrator"):
        assert [as_seen(role, each) for each in bodies] == bodies
    left, alerted = (as_seen("participant", each) for each in bodies)
    assert alerted is None
    assert left is not None
    assert b"deepfake" not in left
    data = json.loads(left)["data"]
    assert data["brightness"] == 3.0
    assert data["columns"] == {"pts": [0.0]}


async def test_readings_for_hosts_are_left_out_wherever_events_are_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(catalogue, "FOR_HOSTS", "tex")
    meeting = await held(api)
    home = f"/v1/meetings/{meeting}"
    await api.http.post(f"{home}/end")
    for who, whole in (("ana", True), ("bob", False)):
        told = [each.get("data", {}) for each in await seen(api, meeting, who)]
        assert any("text" in each for each in told) == whole
    roles: dict[Role, bool] = {"host": True, "participant": False}
    for role, whole in roles.items():
        data = [each["data"] for each in envelopes(api.service.store, meeting, role)]
        assert any("text" in each for each in data) == whole
