"""Readers that are slow, stop, or are cut off: others notice nothing, and they themselves lose nothing."""

import json
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.api.running import Api, events, raw, running, until
from v100_ai.api import connections
from v100_ai.records import Append, Draft

pytestmark = pytest.mark.anyio

KIB = 1 << 10
UPGRADE = (
    "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "authorization: Bearer {secret}\r\n\r\n"
)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> float:
    """Patience for a test: seconds."""
    patience = 1.0
    monkeypatch.setattr(connections.Writing, "patience", patience)
    return patience


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """What has to be closed after a test."""
    with ExitStack() as stack:
        yield stack


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 * KIB


async def publish(api: Api, session: str, count: int, size: int = 100) -> None:
    """Write events of that size, as the session itself would."""
    drafts = tuple(Draft(type="scene.cut", data={"padding": "x" * size}) for _ in range(count))
    await api.service.hub._write(Append(session=session, epoch=1, events=drafts))


def stalled(api: Api, path: str) -> socket.socket:
    """A reader that asks and then never reads."""
    connection = raw(api.port, receive=4 * KIB)
    connection.sendall(UPGRADE.format(path=path, secret=api.secret).encode())
    return connection


async def test_readers_that_never_read_are_sent_away_and_the_others_miss_nothing(
    folder, opened, hasty
):
    async with running(folder) as api:
        stream = await api.stream()
        path = f"/v1/streams/{stream}/events"
        count, seen = 60, []

        async def read() -> None:
            async with api.socket(path) as reader:
                seen.append([each["seq"] for each in await events(reader) if "data" in each])

        before = resident()
        async with anyio.create_task_group() as group:
            for _ in range(90):
                group.start_soon(read)
            for _ in range(10):
                opened.enter_context(stalled(api, path))
            await until(lambda: api.readers == 100)
            for _ in range(count):
                await publish(api, stream, 1, 20 * KIB)
            await until(lambda: api.readers == 90, seconds=15 * hasty)
            assert api.slow == 10
            await api.http.post(f"/v1/streams/{stream}/end")
        assert len(seen) == 90
        assert all(each == list(range(1, len(each) + 1)) and len(each) >= count for each in seen)
        assert resident() - before < 100 * 2 * KIB * KIB
        await until(lambda: api.connections == 1)


async def test_a_reader_that_wakes_up_too_late_finds_why_it_was_sent_away(folder, opened, hasty):
    async with running(folder) as api:
        stream = await api.stream()
        connection = opened.enter_context(stalled(api, f"/v1/streams/{stream}/events"))
        connection.settimeout(45)
        await until(lambda: api.readers == 1)
        for _ in range(40):
            await publish(api, stream, 1, 20 * KIB)
        found = b""
        await until(lambda: api.slow == 1)
        with suppress(ConnectionResetError):
            while piece := await anyio.to_thread.run_sync(connection.recv, 1 << 20):
                found += piece
        assert connections.SLOW.to_bytes(2) + connections.TOO_SLOW.encode() in found
        # No timer of a connection outlives it: what one raised would fail this test.
        await anyio.sleep(1.5 * connections.LINGER)


async def test_a_reader_that_is_slow_but_reads_is_kept(folder, opened, hasty, monkeypatch):
    # So little that a machine with other things to do is not taken for a reader that stopped.
    monkeypatch.setattr(connections, "LEAST", 4 * KIB)
    async with running(folder) as api:
        stream = await api.stream()
        connection = opened.enter_context(stalled(api, f"/v1/streams/{stream}/events"))
        connection.settimeout(0)
        await until(lambda: api.readers == 1)
        for _ in range(40):
            await publish(api, stream, 1, 20 * KIB)
        taken, late = 0, anyio.current_time() + 3 * hasty
        while anyio.current_time() < late:
            await anyio.sleep(hasty / 50)
            try:
                taken += len(connection.recv(2 * KIB))
            except BlockingIOError:
                continue
        assert taken > 12 * KIB
        assert api.readers == 1


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_an_answer_that_is_never_read_is_not_kept(folder, opened, hasty, accept):
    async with running(folder) as api:
        stream = await api.stream()
        for _ in range(10):
            await publish(api, stream, 1, 100 * KIB)
        connection = opened.enter_context(raw(api.port, receive=4 * KIB))
        head = f"host: a\r\nauthorization: Bearer {api.secret}\r\naccept: {accept}"
        connection.sendall(f"GET /v1/streams/{stream}/events HTTP/1.1\r\n{head}\r\n\r\n".encode())
        await until(lambda: api.connections == 2)
        await until(lambda: api.connections == 1 and not api.server.server_state.tasks)


@pytest.mark.timeout(150)
async def test_acknowledgements_that_are_never_read_do_not_pile_up(folder, opened, hasty):
    async with running(folder) as api:
        meeting = await api.meeting()
        connection = opened.enter_context(stalled(api, f"/v1/meetings/{meeting}/ingest"))
        connection.settimeout(0)
        message = b"\x82\x80\x00\x00\x00\x00" * 1_000
        with anyio.fail_after(120 * hasty):
            while True:
                await anyio.lowlevel.checkpoint()
                try:
                    connection.send(message)
                except BlockingIOError:
                    await anyio.sleep(0.01)
                except ConnectionError:
                    break
            await until(lambda: api.connections == 1)
        assert not api.readers


@pytest.mark.parametrize("count", [400, pytest.param(15_000, marks=pytest.mark.slow)])
async def test_a_reader_cut_off_anywhere_goes_on_exactly_there(folder, count):
    """What a client has taken in is what it resumes from, wherever its connection was cut."""
    chance = random.Random(11)  # noqa: S311  # the same cuts each time
    async with running(folder) as api:
        stream = await api.stream()

        async def write() -> None:
            for _ in range(count // 10):
                await publish(api, stream, 10)
            await api.http.post(f"/v1/streams/{stream}/end")

        found: list[dict[str, Any]] = []
        async with anyio.create_task_group() as group:
            group.start_soon(write)
            ended = False
            while not ended:
                last = found[-1] if found else {"seq": 0, "epoch": 1}
                place = f"after={last['seq']}&epoch={last['epoch']}"
                async with api.socket(f"/v1/streams/{stream}/events?{place}") as reader:
                    for _ in range(chance.randint(1, 30)):
                        message = json.loads(await reader.recv())
                        assert message["type"] != "resync"
                        ended = message["type"] == "end"
                        if ended:
                            break
                        if "data" in message:
                            found.append(message)
                    reader.transport.abort()
        assert [each["seq"] for each in found] == list(range(1, len(found) + 1))
        assert sum(each["type"] == "scene.cut" for each in found) == count
        assert found[-1]["type"] == "session.ended"
