"""Sockets of a client that is not ours, held longer than any timer of the server: one protocol's end with it."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.api.hurried import Hurried, pass_
from tests.api.running import Api, raw, running, until
from tests.api.test_slow_clients import closed
from tests.report import browser
from tests.serving import Server
from v100_ai.api import connections

pytestmark = pytest.mark.anyio

LONGEST = max(
    connections.HEADER_SECONDS,
    connections.REQUEST_SECONDS,
    connections.MESSAGE_SECONDS,
    connections.PATIENCE,
)

KINDS = ("events", "ingest", "people")

CAPTION = {"type": "caption", "participant": "alice", "start": 0.0, "end": 1.0, "text": "Right."}


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": Hurried}


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with running(tmp_path_factory.mktemp("held")) as api:
        yield api


def path(kind: str, meeting: str) -> str:
    """Where each kind of socket is."""
    if kind == "people":
        return "/v1/people/sarah@example.com/events"
    return f"/v1/meetings/{meeting}/{kind}"


@asynccontextmanager
async def kept(
    api: Api, kind: str, meeting: str
) -> AsyncIterator[tuple[ClientConnection, list[Any]]]:
    """A socket and all it tells, read as it comes."""
    told: list[Any] = []

    async def read(socket: ClientConnection) -> None:
        async for message in socket:
            told.append(json.loads(message))  # noqa: PERF401  # others look at it meanwhile

    async with api.socket(path(kind, meeting)) as socket, anyio.create_task_group() as group:
        group.start_soon(read, socket)
        yield socket, told
        group.cancel_scope.cancel()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_idle_socket_outlives_every_limit(api: Api, kind: str):
    meeting = await api.meeting()
    async with kept(api, kind, meeting) as (socket, _):
        await pass_(3 * LONGEST)
        await (await socket.ping())
        assert socket.close_code is None


@pytest.mark.parametrize("kind", KINDS)
async def test_a_busy_socket_outlives_every_limit(api: Api, kind: str):
    meeting = await api.meeting()
    async with kept(api, kind, meeting) as (socket, told):
        before = len(told)
        for second in range(int(2 * LONGEST / 10)):
            if kind == "ingest":
                said = CAPTION | {"start": float(second), "end": second + 1.0}
                await socket.send(json.dumps(said))
            elif kind == "events":
                await api.say(meeting, f"Sentence number {second} is here.")
            await pass_(10.0)
        assert socket.close_code is None
        if kind != "people":
            assert len(told) - before >= 2 * LONGEST / 10


async def test_a_socket_opened_on_a_connection_that_was_used_before_stays(api: Api):
    meeting = await api.meeting()
    with raw(api.port) as connection:
        connection.settimeout(45)
        host = f"host: 127.0.0.1:{api.port}"

        def answered(request: str, until: bytes) -> None:
            connection.sendall(request.encode() + b"\r\n\r\n")
            answer = b""
            while until not in answer:
                answer += connection.recv(65536)

        def used() -> None:
            answered(f"GET /healthz HTTP/1.1\r\n{host}", b'{"status":"ok"}')
            answered(
                f"GET {path('ingest', meeting)} HTTP/1.1\r\n{host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
                "sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                f"authorization: Bearer {api.secret}",
                b"HTTP/1.1 101 ",
            )

        await anyio.to_thread.run_sync(used)
        # A client without a library answers no pings: it is let go by the ping, later than by any timer of HTTP.
        for _ in range(int(LONGEST)):
            await pass_(1.0)
            await anyio.to_thread.run_sync(_ponged, connection)
        await pass_(1.0)
        assert not await closed(connection)


def _ponged(connection: socket.socket) -> None:
    """Answer what pings there are, as RFC 6455 5.5.3 has it."""
    connection.settimeout(0)
    try:
        while frame := connection.recv(2):
            size = frame[1] & 0x7F
            body = connection.recv(size) if size else b""
            if frame[0] == 0x89:
                connection.sendall(bytes([0x8A, 0x80 | size]) + bytes(4) + body)
    except BlockingIOError:
        pass
    finally:
        connection.settimeout(45)


async def test_a_message_that_is_never_ended_is_hung_up_on(api: Api):
    meeting = await api.meeting()

    async def dripped() -> AsyncIterator[str]:
        while True:
            yield "x"
            await asyncio.sleep(1.0)

    async with api.socket(path("ingest", meeting)) as socket, anyio.create_task_group() as group:
        group.start_soon(_sent, socket, dripped())
        await pass_(connections.MESSAGE_SECONDS + 5)
        await socket.wait_closed()
        group.cancel_scope.cancel()


async def _sent(socket: ClientConnection, fragments: AsyncIterator[str]) -> None:
    with contextlib.suppress(ConnectionClosed):
        await socket.send(fragments)


async def test_many_whole_messages_in_fragments_are_no_endless_one(api: Api):
    meeting = await api.meeting()

    async def halves(text: str) -> AsyncIterator[str]:
        yield text[:20]
        await asyncio.sleep(15.0)
        yield text[20:]

    async with kept(api, "ingest", meeting) as (socket, told), anyio.create_task_group() as group:

        async def send() -> None:
            for second in range(6):
                said = CAPTION | {"start": float(second), "end": second + 1.0}
                await socket.send(halves(json.dumps(said)))

        group.start_soon(send)
        await pass_(6 * 16.0 + 5)
        await until(lambda: len(told) >= 6)
        assert socket.close_code is None


async def test_a_client_that_stops_amid_a_frame_is_hung_up_on(api: Api):
    meeting = await api.meeting()
    async with api.socket(path("ingest", meeting)) as socket:
        # A text frame of 100 bytes of which three come, then one a second: no pong gets through amid a frame.
        socket.transport.write(bytes([0x81, 0x80 | 100]) + bytes(4) + b"abc")
        for _ in range(45):
            await pass_(1.0)
            if socket.close_code is not None or socket.transport.is_closing():
                break
            socket.transport.write(b"x")
        await socket.wait_closed()


async def test_headers_that_never_end_are_hung_up_on_by_the_same_clock(api: Api):
    with raw(api.port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n")
        await pass_(connections.HEADER_SECONDS + 3)
        assert await closed(connection)


MINUTES = 5

SCRIPT = """
window.said = {};
for (const [name, path] of Object.entries(PATHS)) {
  const told = said[name] = {open: false, closed: null, messages: 0};
  const socket = new WebSocket(`ws://${location.host}${path}`);
  socket.onopen = () => { told.open = true; };
  socket.onmessage = () => { told.messages += 1; };
  socket.onclose = (event) => { told.closed = event.code; };
  if (name === "ingest") {
    setInterval(() => socket.send(JSON.stringify({type: "level", participant: "bob", level: -30})), 1000);
  }
}
"""


async def _read(socket: ClientConnection) -> None:
    """Who does not read does not see pongs either."""
    async for _ in socket:
        pass


@pytest.mark.slow
@pytest.mark.timeout(60 * (MINUTES + 2))
async def test_five_real_minutes_by_a_library_and_by_a_browser(tmp_path: Path):
    with Server(folder=tmp_path) as server:
        made = await anyio.to_thread.run_sync(
            server.ask, "POST", "/v1/meetings", {"name": "Held", "ai": {"active_speaker": True}}
        )
        url = server.url.replace("http", "ws")
        paths = {kind: path(kind, made["id"]) for kind in KINDS}
        sockets = {
            f"{kind} {how}": await connect(url + paths[kind], proxy=None)
            for kind in KINDS
            for how in ("idle", "busy")
        }
        async with (
            browser.page(f"{server.url}/healthz", tmp_path / "profile") as page,
            anyio.create_task_group() as group,
        ):
            for each in sockets.values():
                group.start_soon(_read, each)
            await page.evaluate(SCRIPT.replace("PATHS", json.dumps(paths)))
            for second in range(60 * MINUTES):
                await sockets["ingest busy"].send(
                    json.dumps({"type": "join", "participant": f"p{second % 100}"})
                )
                await asyncio.sleep(1.0)
            seen = json.loads(await page.evaluate("JSON.stringify(said)"))
            group.cancel_scope.cancel()
        assert {name: socket.close_code for name, socket in sockets.items()} == dict.fromkeys(
            sockets
        )
        for kind in KINDS:
            assert (seen[kind]["open"], seen[kind]["closed"]) == (True, None), kind
            assert seen[kind]["messages"] > 10, kind
        for socket_ in sockets.values():
            await socket_.close()
