"""A served meeting outlives kill -9 while Claude is being asked: nothing said is lost, nothing is settled twice."""

import json
import time
from dataclasses import asdict
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync

from tests.highlights.fake_claude import KEY, Body, fake_claude
from tests.highlights.staged import assert_settled_once, conversation, noted
from tests.serving import Server
from v100_ai.store import Store

KILLS = 3
SEGMENTS = conversation(60)


def caption(number: int) -> dict[str, Any]:
    said = asdict(SEGMENTS[number])
    return {"participant": said.pop("speaker"), **said}


def say(server: Server, path: str, acknowledged: set[str]) -> None:
    """A sender that does not know what was kept: all of it, from the beginning, until nobody answers."""
    for number in range(len(SEGMENTS)):
        try:
            server.ask("POST", f"{path}/captions", caption(number))
        except (OSError, HTTPException):
            return
        acknowledged.add(SEGMENTS[number].id)


def journal(database: str, meeting: str) -> list[dict[str, Any]]:
    store = Store.open(database, wall=time.time)
    try:
        return list(map(dict, store.journal(meeting)))
    finally:
        store.close()


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.timeout(180)
async def test_kill_9_between_accept_and_settle_loses_nothing_of_a_served_meeting(tmp_path: Path):
    database = f"sqlite:///{tmp_path}/v100.db"
    acknowledged, open_ = set[str](), 0
    asked = anyio.Event()

    def answer(body: Body) -> Body:
        asked.set()
        return noted(body)

    async with fake_claude(answer=answer, seconds=30.0) as fake:
        start = partial(
            Server,
            database=database,
            anthropic_key=KEY,
            anthropic_url=fake.url,
            dollars_an_hour=1e3,
        )
        with await run_sync(start) as server:
            layers = {"name": "M", "ai": {"highlights": True, "budget": False}}
            made = await run_sync(server.ask, "POST", "/v1/meetings", layers)
            path = f"/v1/meetings/{made['id']}"
        for _ in range(KILLS):
            asked = anyio.Event()
            with await run_sync(start) as server:
                async with anyio.create_task_group() as group:
                    group.start_soon(run_sync, say, server, path, acknowledged)
                    with anyio.fail_after(45):
                        await asked.wait()
                    server.kill()
            kept = journal(database, made["id"])
            heard = [each["heard"]["id"] for each in kept if "heard" in each]
            assert acknowledged <= set(heard)
            settled = [each["settled"][1] + 1 for each in kept if "settled" in each]
            open_ += len(heard) > max(settled, default=0)
        fake.seconds = 0.0
        with await run_sync(start) as server:
            await run_sync(say, server, path, acknowledged)
            counted = await run_sync(server.text, "/metrics")
            await run_sync(server.ask, "POST", f"{path}/end")
            report = await run_sync(server.ask, "GET", f"{path}/report.json")
    assert open_ == KILLS, "never killed between accept and settle"
    assert acknowledged == {segment.id for segment in SEGMENTS}
    assert_settled_once(journal(database, made["id"]), SEGMENTS)
    store = Store.open(database, wall=time.time)
    events = [json.loads(one.body) for one in store.read(made["id"], after=0, limit=10_000)]
    store.close()
    assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    born = [each["data"]["id"] for each in events if each["type"] == "highlight.created"]
    assert len(born) == len(set(born)) > 0
    said = [each["data"]["id"] for each in events if each["type"] == "transcript.segment"]
    assert said == [segment.id for segment in SEGMENTS]
    assert 'room="highlights",what="input_tokens"' in counted
    assert report["summary"]["decisions"]
