"""From the append of an event to 100 readers over WebSocket: the server in one process, its readers in another.

python benches/socket_fanout.py [SECONDS] [READERS] [EVENTS_A_SECOND]

An event's time is taken before it is handed to the log, which is durable before anybody is told; a reader's when its
bytes are there. Both processes read the same monotonic clock.
"""

import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import anyio
import structlog
from tests.api.running import running

from v100_ai.records import Append, Draft

REQUEST = (
    "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "authorization: Bearer {secret}\r\n\r\n"
)
MARK = b'"at":'
PADDING = "x" * 300


class Reader(asyncio.Protocol):
    """A reader that costs little, so that what is measured is the server."""

    def __init__(self, waits: list[int], request: bytes) -> None:
        self.waits, self.request, self.rest = waits, request, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        data = self.rest + data
        *whole, self.rest = data.split(MARK)
        if not whole:
            return
        # Each mark is followed by a number; the last one may not be whole yet.
        for piece in data.split(MARK)[1:]:
            number, ends, _ = piece.partition(b",")
            if ends:
                self.waits.append(now - int(number))
        tail = data.rpartition(MARK)[2]
        self.rest = b"" if b"," in tail else MARK + tail


def serve(told: Connection, seconds: float, rate: float) -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    anyio.run(_serve, told, seconds, rate)


async def _serve(told: Connection, seconds: float, rate: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as api:
            stream = await api.stream()
            told.send((api.port, stream, api.secret))
            await anyio.to_thread.run_sync(told.recv)
            begun, spent = time.monotonic(), time.process_time()
            for number in range(round(seconds * rate)):
                await anyio.sleep(max(0.0, begun + number / rate - time.monotonic()))
                data = {"at": time.monotonic_ns(), "padding": PADDING}
                draft = Draft(type="scene.cut", data=data)
                await api.service.hub._write(  # noqa: SLF001  # as a session's own
                    Append(session=stream, epoch=1, events=(draft,))
                )
            took, busy = time.monotonic() - begun, time.process_time() - spent
            told.send((took, busy))
            await anyio.to_thread.run_sync(told.recv)


async def read(port: int, stream: str, secret: str, readers: int, told: Connection) -> list[int]:
    waits: list[int] = []
    path = f"/v1/streams/{stream}/events?types=scene.cut"
    request = REQUEST.format(path=path, secret=secret).encode()
    loop = asyncio.get_running_loop()
    for _ in range(readers):
        await loop.create_connection(lambda: Reader(waits, request), "127.0.0.1", port)
    await asyncio.sleep(1)
    told.send("go")
    took, busy = await loop.run_in_executor(None, told.recv)
    await asyncio.sleep(0.5)
    print(f"server busy {busy / took:.0%} of one core")
    return waits


def main() -> None:
    seconds, readers, rate = (
        float(given) if given else other
        for given, other in zip([*sys.argv[1:], "", "", ""], (10.0, 100.0, 100.0), strict=False)
    )
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(there, seconds, rate), daemon=True
    )
    server.start()
    port, stream, secret = here.recv()
    waits = sorted(asyncio.run(read(port, stream, secret, round(readers), here)))
    here.send("done")
    server.join(10)
    expected = round(seconds * rate) * round(readers)
    cuts = statistics.quantiles(waits, n=1000)
    row = {
        "readers": round(readers),
        "events_a_second": rate,
        "arrived": len(waits),
        "missing": expected - len(waits),
        "p50_ms": round(cuts[499] / 1e6, 2),
        "p99_ms": round(cuts[989] / 1e6, 2),
        "p99.9_ms": round(cuts[998] / 1e6, 2),
        "must": "p50 < 10, p99 < 50",
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
