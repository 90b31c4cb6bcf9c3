"""A session whose time is over: every route of it says so alike, and nothing of its people is in the file."""

import re
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.api.running import Api, running, until
from v100_ai.api.app import operations
from v100_ai.config import Settings

pytestmark = pytest.mark.anyio

CANARY = "Xanthippe Canary"
MEETING = {
    "name": f"With {CANARY}",
    "ai": {"highlights": True, "active_speaker": True},
    "participants": [{"name": CANARY, "address": "xanthippe.canary@example.org", "id": "xan"}],
}
BODIES: dict[str, Any] = {
    "update": {"name": "n"},
    "participants.add": {"id": "a"},
    "participants.update": {"muted": True},
    "captions": {"participant": "a", "start": 0, "end": 1, "text": "x"},
    "levels": {"participant": "a", "level": -30},
}


async def forgotten(api: Api) -> str:
    made = await api.http.post("/v1/meetings", json=MEETING, headers={"idempotency-key": "first"})
    meeting = str(made.json()["id"])
    await api.http.post(f"/v1/meetings/{meeting}/participants", json={"id": "xan"})
    await api.say(meeting, f"{CANARY} will send the report by Friday")
    await api.http.post(f"/v1/meetings/{meeting}/end")
    await until(lambda: api.service.store.session(meeting).forgotten is not None)  # type: ignore[union-attr]
    return meeting


async def test_every_route_of_it_answers_alike(folder: Path):
    async with running(folder, retention_days=1e-6, sweep_seconds=1) as api:
        meeting = await forgotten(api)
        answers = {}
        for one in operations(None):
            if not one.path.startswith("/v1/meetings/{id}"):
                continue
            path = one.path.replace("{id}", meeting).replace("{participant}", "xan")
            headers, body = {}, None
            if one.body is bytes:
                path, headers, body = (
                    f"{path}?participant=a&rate=48000",
                    {"content-type": "audio/l16"},
                    b"\0\0",
                )
            json = BODIES.get(one.name.removeprefix("meetings."))
            answer = await api.http.request(
                one.method, path, json=json, content=body, headers=headers
            )
            told = answer.json()
            answers[one.name] = (
                answer.status_code,
                told["code"],
                told["detail"],
                told["forgotten"],
            )
        assert len(answers) >= 15
        assert len(set(answers.values())) == 1, answers
        (same,) = set(answers.values())
        assert same[:2] == (410, "forgotten")
        stream = {"accept": "text/event-stream", "last-event-id": "1-1"}
        answer = await api.http.get(f"/v1/meetings/{meeting}/events", headers=stream)
        assert (answer.status_code, answer.json()["code"]) == (410, "forgotten")
        for socket in ("events?after=latest", "events?after=1&epoch=1", "ingest"):
            with pytest.raises(InvalidStatus) as refused:
                async with api.socket(f"/v1/meetings/{meeting}/{socket}"):
                    pass
            assert refused.value.response.status_code == 410
        hook = {"url": "https://hooks.invalid/", "session": meeting}
        assert (await api.http.post("/v1/webhooks", json=hook)).status_code == 410
        assert (await api.http.get("/v1/meetings")).json()["items"] == []
        person = await api.http.get("/v1/people/xanthippe.canary@example.org/events")
        assert person.json()["events"] == []


async def test_others_are_told_no_more_than_before(folder: Path):
    async with running(folder, retention_days=1e-6, sweep_seconds=1) as api:
        meeting = await forgotten(api)
        other = {"authorization": f"Bearer {api.key('admin', tenant='other')}"}
        answer = await api.http.get(f"/v1/meetings/{meeting}", headers=other)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await api.http.get(f"/v1/streams/{meeting}")).status_code == 404


async def test_nothing_of_its_people_is_in_the_file(folder: Path):
    async with running(folder, retention_days=1e-6, sweep_seconds=1) as api:
        meeting = await forgotten(api)
        await until(lambda: not found_in(folder))
        assert (await api.http.get(f"/v1/meetings/{meeting}")).status_code == 410
    assert not found_in(folder)


async def test_nothing_of_a_removed_session_is_in_the_file(folder: Path):
    async with running(folder) as api:
        made = await api.http.post("/v1/meetings", json=MEETING, headers={"idempotency-key": "k"})
        meeting = made.json()["id"]
        await api.say(meeting, f"{CANARY} will send the report")
        assert found_in(folder)
        removed = await api.http.delete(f"/v1/meetings/{meeting}")
        assert removed.json()["answers"] == 1
        assert not found_in(folder)


def found_in(folder: Path) -> list[str]:
    """Files beside the database, and itself, that name somebody."""
    return [
        each.name
        for each in folder.iterdir()
        if each.is_file() and re.search(rb"(?i)xanthippe", each.read_bytes())
    ]


def test_when_is_looked_for_it_is_a_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("V100_SWEEP_SECONDS", "60")
    assert Settings.read(None).sweep_seconds == 60
