"""The socket that events go out by: where it begins, what it tells, how it ends."""

import json
from contextlib import suppress
from typing import Any

import anyio
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.running import Api, events, running, types, until
from v100_ai.bus import LocalBus
from v100_ai.errors import StoreUnavailable
from v100_ai.records import Append, Draft

pytestmark = pytest.mark.anyio


async def spoken(api: Api) -> str:
    meeting = await api.meeting()
    await api.say(meeting, *(f"Sentence number {n} is here." for n in range(20)))
    return meeting


async def told(api: Api, path: str, **more) -> list[dict[str, Any]]:
    async with api.socket(path, **more) as socket:
        found = await events(socket)
        return [*found, {"closed": socket.close_code}]


async def test_a_reader_is_told_all_from_the_start_to_the_end(api: Api):
    meeting = await spoken(api)
    async with api.socket(f"/v1/meetings/{meeting}/events", subprotocols=["v100.v1"]) as socket:
        assert socket.subprotocol == "v100.v1"
        hello = json.loads(await socket.recv())
        assert hello["type"] == "hello"
        assert hello["state"]["participants"] == {"alice": None}
        assert (hello["session"], hello["epoch"]) == (meeting, 1)
        await api.http.post(f"/v1/meetings/{meeting}/end")
        found = await events(socket)
    assert [each["seq"] for each in found[:-1]] == list(range(1, len(found)))
    assert types(found)[-2:] == ["session.ended", "end"]
    assert socket.close_code == 1000


async def test_a_reader_goes_on_where_it_stopped(api: Api):
    meeting = await spoken(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    whole = (await told(api, f"/v1/meetings/{meeting}/events"))[1:]
    last = whole[-3]["seq"]
    for after in (1, last // 2, last):
        path = f"/v1/meetings/{meeting}/events?after={after}&epoch=1"
        assert (await told(api, path))[1:] == whole[after:]


async def test_a_reader_of_the_latest_is_told_nothing_of_before(api: Api):
    meeting = await spoken(api)
    async with api.socket(f"/v1/meetings/{meeting}/events?after=latest") as socket:
        hello = json.loads(await socket.recv())
        await api.http.post(f"/v1/meetings/{meeting}/end")
        assert (await events(socket))[0]["seq"] == hello["seq"] + 1


@pytest.mark.parametrize(
    "place",
    ["after=5&epoch=2", "after=5&epoch=0", "after=999", "after=999&epoch=1", "after=3&epoch=1"],
)
async def test_a_reader_whose_history_is_gone_is_told_what_there_is(api: Api, place):
    meeting = await spoken(api)
    api.service.store.purge(meeting, 5)
    found = await told(api, f"/v1/meetings/{meeting}/events?{place}")
    assert types(found[:-1]) == ["resync"]
    assert (found[0]["first"], found[0]["epoch"]) == (5, 1)
    assert found[-1] == {"closed": 1000}
    last = found[0]["last"]
    async with api.socket(f"/v1/meetings/{meeting}/events?after={found[0]['first'] - 1}") as again:
        await api.http.post(f"/v1/meetings/{meeting}/end")
        seqs = [each["seq"] for each in await events(again) if "data" in each]
    assert seqs == list(range(5, seqs[-1] + 1))
    assert seqs[-1] > last


async def test_a_reader_knows_the_epoch_of_the_event_it_saw_and_not_of_the_session(api: Api):
    meeting = await spoken(api)
    api.service.hub.live[meeting].session.failed = True
    await api.say(meeting, "After a takeover.")
    await api.http.post(f"/v1/meetings/{meeting}/end")
    whole = (await told(api, f"/v1/meetings/{meeting}/events"))[1:]
    assert {each["epoch"] for each in whole[:-2]} == {1, 2}
    for event in whole[:-2]:
        seq, epoch = event["seq"], event["epoch"]
        path = f"/v1/meetings/{meeting}/events?after={seq}"
        assert (await told(api, f"{path}&epoch={epoch}"))[1:] == whole[seq:]
        assert types((await told(api, f"{path}&epoch={3 - epoch}"))[:-1]) == ["resync"]


async def test_history_that_goes_while_it_is_read_is_told(api: Api):
    meeting = await spoken(api)
    async with api.socket(f"/v1/meetings/{meeting}/events") as socket:
        await events(socket, until="session.started")
        # Behind the back of whoever owns it, so that the reader has to go to the log, which has a hole.
        batch = [Append(session=meeting, epoch=1, events=(Draft(type="scene.cut", data={}),) * 9)]
        (stored,) = api.service.store.append(batch)
        assert isinstance(stored, tuple)
        api.service.store.purge(meeting, stored[-1].seq)
        api.service.bus.publish(meeting, stored[-1:])
        found = await events(socket)
    assert found[-1]["type"] == "resync"
    assert found[-1]["first"] == stored[-1].seq


async def test_only_the_types_asked_for_are_told(api: Api):
    meeting = await spoken(api)
    await api.http.post(f"/v1/meetings/{meeting}/end")
    path = f"/v1/meetings/{meeting}/events?types=session.started,participant.joined"
    found = types((await told(api, path))[:-1])
    assert found == ["hello", "session.started", "participant.joined", "end"]


async def test_samples_come_to_those_who_ask_and_what_is_replaced_is_counted(api: Api):
    stream = await api.stream()
    path = f"/v1/streams/{stream}/events?after=latest"

    def dropped() -> float:
        return float(api.service.metrics.samples_dropped._value.get())

    before = dropped()
    async with api.socket(f"{path}&samples=1") as with_samples, api.socket(path) as without:
        for socket in (with_samples, without):
            await events(socket, until="hello")
        # They are asked for beside the events; whoever is told of the one has both.
        bus = api.service.bus
        assert isinstance(bus, LocalBus)
        await until(lambda: bool(bus.sampled))
        for number in range(50):
            sample = {"type": "frame.sample", "session": stream, "data": {"frame": number}}
            api.service.bus.publish_sample(stream, json.dumps(sample).encode())
        found = [json.loads(await with_samples.recv())]
        await api.http.post(f"/v1/streams/{stream}/end")
        found += await events(with_samples)
        seen = [each["data"]["frame"] for each in found if each["type"] == "frame.sample"]
        assert seen == [49]
        assert dropped() - before == 49
        assert "frame.sample" not in types(await events(without))


async def test_a_silent_session_shows_that_it_lives(folder):
    async with running(folder) as api:
        api.service.heartbeat = 0.02
        path = f"/v1/streams/{await api.stream()}/events"
        async with api.socket(path) as socket:
            await events(socket, until="session.started")
            found = [json.loads(await socket.recv()) for _ in range(3)]
        assert found == [{"type": "heartbeat"}] * 3


async def test_a_reader_is_sent_away_when_the_server_stops(folder):
    async with running(folder) as api:
        meeting = await api.meeting()
        for room in ("events", "ingest"):
            async with api.socket(f"/v1/meetings/{meeting}/{room}") as socket:
                if room == "events":
                    await events(socket, until="session.started")
                api.service.stopping.set()
                await socket.wait_closed()
            assert socket.close_code == 1012


async def test_a_reader_of_a_session_that_goes_without_a_word_is_told_the_end(folder):
    async with running(folder) as api:
        api.service.heartbeat = 0.02
        stream = await api.stream()
        async with api.socket(f"/v1/streams/{stream}/events") as socket:
            await events(socket, until="session.started")
            api.service.store.remove_session(stream)
            assert types(await events(socket))[-1] == "end"
        assert socket.close_code == 1000


@pytest.mark.parametrize("room", ["events", "ingest"])
async def test_a_key_that_is_revoked_closes_what_it_opened(folder, room):
    async with running(folder) as api:
        api.service.heartbeat = 0.02
        stream = await api.stream()
        secret = api.key("read", "ingest")
        async with api.socket(f"/v1/streams/{stream}/{room}", secret=secret) as socket:
            key = next(each for each in api.service.store.keys("default") if "read" in each.scopes)
            api.service.store.revoke(key.id)
            # It may be closed between a look and the sending.
            with suppress(ConnectionClosed):
                while room == "ingest":
                    await socket.send("{}")
                    await anyio.sleep(0.01)
            await socket.wait_closed()
        assert socket.close_code == 1008
        assert "expected a key" in (socket.close_reason or "")


async def test_a_database_that_is_away_sends_readers_away_for_now(folder, monkeypatch):
    async with running(folder) as api:
        stream = await api.stream()

        def away(*_: object, **__: object) -> None:
            raise StoreUnavailable("it is away")

        monkeypatch.setattr(type(api.service.store), "span", away)
        async with api.socket(f"/v1/streams/{stream}/events") as socket:
            await socket.wait_closed()
        assert socket.close_code == 1013


async def test_a_fault_in_a_socket_is_closed_as_one(folder, monkeypatch):
    async with running(folder) as api:
        stream = await api.stream()

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(type(api.service.store), "span", broken)
        async with api.socket(f"/v1/streams/{stream}/events") as socket:
            await socket.wait_closed()
        assert socket.close_code == 1011


async def test_what_a_reader_says_is_not_heard(api: Api):
    stream = await api.stream()
    async with api.socket(f"/v1/streams/{stream}/events") as socket:
        await events(socket, until="session.started")
        for _ in range(20):
            await socket.send("x" * 10_000)
        await api.http.post(f"/v1/streams/{stream}/end")
        assert types(await events(socket))[-1] == "end"


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "epoch=-1", "types=a", "more=1", "samples=2"]
)
async def test_a_socket_that_is_opened_wrongly_is_refused_with_a_problem(api: Api, query):
    stream = await api.stream()
    with pytest.raises(InvalidStatus) as refused:
        async with api.socket(f"/v1/streams/{stream}/events?{query}"):
            pass
    response = refused.value.response
    assert response.status_code == 422
    assert json.loads(response.body)["request_id"] == response.headers["x-request-id"]
