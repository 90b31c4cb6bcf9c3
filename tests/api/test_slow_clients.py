"""Clients that never come to the point, and headers without an end."""

import contextlib
import resource
import socket
import statistics
from time import perf_counter

import anyio
import pytest

from tests.api.running import Api, raw, running, until
from tests.api.test_slow_readers import resident
from v100_ai.api import connections

pytestmark = pytest.mark.anyio

MIB = 1 << 20


async def closed(connection: socket.socket) -> bool:
    """Whether the server has hung up."""
    connection.settimeout(0)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


async def besieged(api: Api, count: int, seconds: float) -> list[float]:
    """How long ordinary requests take while clients dawdle; all of these have to be gone in time."""
    took: list[float] = []
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(raw(api.port)) for _ in range(count)]
        begun = perf_counter()
        waiting = list(enumerate(slow))
        while waiting:
            for number, connection in waiting:
                with contextlib.suppress(OSError):
                    if number % 3 == 0:
                        connection.send(b"GET / HTTP/1.1\r\n" if number % 2 else b"G")
                    elif number % 3 == 1:
                        connection.send(b"x-more: x\r\n")
            start = perf_counter()
            assert (await api.http.get("/v1/streams")).status_code == 200
            took.append(perf_counter() - start)
            await anyio.sleep(seconds / 20)
            waiting = [each for each in waiting if not await closed(each[1])]
            assert perf_counter() - begun < seconds
    return took


async def test_clients_that_never_finish_their_headers_are_hung_up_on(folder, monkeypatch):
    monkeypatch.setattr(connections.Impatient, "header_seconds", 1.0)
    async with running(folder) as api:
        took = await besieged(api, 60, 5.0)
        assert statistics.median(took) < 0.2
        await until(lambda: api.connections == 1)


@pytest.mark.slow
@pytest.mark.timeout(60)
async def test_five_hundred_slow_clients_are_gone_in_ten_seconds(folder):
    # Both ends of each connection are in this process.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        async with running(folder) as api:
            assert statistics.median(await besieged(api, 500, 10.0)) < 0.2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_client_that_goes_on_sending_after_its_answer_is_hung_up_on(folder, monkeypatch):
    monkeypatch.setattr(connections.Impatient, "request_seconds", 0.5)
    async with running(folder) as api:
        with raw(api.port) as connection:
            connection.sendall(
                b"POST /v1/streams HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n"
            )
            with anyio.fail_after(45):
                while not await closed(connection):
                    with contextlib.suppress(OSError):
                        connection.send(b"x")
                    await anyio.sleep(0.02)


async def test_a_connection_is_used_again_and_again(folder, monkeypatch):
    monkeypatch.setattr(connections.Impatient, "header_seconds", 0.3)
    async with running(folder) as api:
        for _ in range(5):
            assert (await api.http.get("/healthz")).status_code == 200
            await anyio.sleep(0.15)
        assert api.connections == 1


@pytest.mark.parametrize(
    "headers",
    [
        b"x-large: " + b"x" * (2 * MIB),
        b"\r\n".join(b"x-%d: x" % n for n in range(10_000)),
        b"\r\n".join(b"x: " + b"x" * 1000 for n in range(1000)),
    ],
)
async def test_headers_without_an_end_are_refused_and_not_kept(api: Api, headers):
    before = resident()
    await anyio.to_thread.run_sync(_sent, api.port, headers)
    assert resident() - before < 10 * MIB
    assert (await api.http.get("/healthz")).status_code == 200


def _sent(port: int, headers: bytes) -> None:
    with raw(port) as connection:
        connection.settimeout(45)
        answer = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: a\r\n" + headers)
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
        # Whoever still sends may find the connection reset before the answer.
        assert answer[:13] in {b"", b"HTTP/1.1 400 ", b"HTTP/1.1 431 "}


@pytest.mark.parametrize(
    "request_",
    [
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\n bad: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
async def test_what_is_no_request_is_no_fault(api: Api, request_):
    def sent() -> bytes:
        with raw(api.port) as connection:
            connection.settimeout(45)
            connection.sendall(request_ + b"\r\n\r\n")
            try:
                return connection.recv(65536)
            except ConnectionError:
                return b""

    answer = await anyio.to_thread.run_sync(sent)
    assert not answer.startswith(b"HTTP/1.1 5")
