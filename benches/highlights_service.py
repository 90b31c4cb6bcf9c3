"""What the service adds to a meeting's highlights: its own time, as twenty readers of its WebSockets see it.

python benches/highlights_service.py [MEETINGS]

The service runs in a process of its own, on SQLite; the readers, the sender of the transcript and a stand-in for Claude
run here. All moments are taken here, so that the figures hold loopback, the SDK and the commit of the outcome:

* own overhead: from the caption that fills a batch being sent until Claude has the request, and from Claude's answer
  being sent until the last reader has what came of it.
* provisional: from a caption being sent until a reader has its provisional highlight, every reader counted.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.highlights.fake_claude import EMPTY, KEY, SCENARIOS, Body, FakeClaude, fake_claude
from tests.hub.process import Server
from websockets.asyncio.client import ClientConnection, connect

READERS = 20
MEETINGS = 8
BATCHES = 25
"""Each gives a highlight: what an hour has."""
BATCH = 4
MODEL_SECONDS = 0.1
"""Less than any model takes; what the service does meanwhile costs nobody time."""
SECONDS = 3.0
PAUSE = 0.02
WARM = 5
"""Batches that open connections and files; not counted."""

TEXT, PING, PONG = 0x81, 0x89, bytes([0x8A, 0x80, 0, 0, 0, 0])

FILLER = (
    "Well, that is about what the colleagues from the other site said.",
    "It has been that way for most of the year, more or less.",
    "And the weather was not that good either, to be honest.",
)


@dataclass
class Times:
    """Moments of each batch: its first caption sent, its last one sent, the request come, the answer sent."""

    begun: list[float] = field(default_factory=list)
    filled: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def caption(number: int) -> str:
    batch, place = divmod(number, BATCH)
    item = f"I'll send the {batch:x} paper {batch:o} to group {batch} by Friday."
    start = number * SECONDS
    return json.dumps(
        {
            "type": "caption", "id": f"s{number}", "participant": "ABCD"[place], "start": start,
            "end": start + SECONDS, "text": FILLER[place - 1] if place else item,
        }
    )  # fmt: skip


def confirming(body: Body) -> Body:
    """Claude, who agrees with whatever is provisional."""
    shown = json.loads(body["messages"][0]["content"])
    left = dict.fromkeys(("text", "assignee", "quote", "segment"))
    ids = [each["id"] for each in shown["noted"] if each["status"] == "provisional"]
    return EMPTY | {"updates": [{"id": one, "action": "confirm", **left} for one in ids]}


class Reader(asyncio.Protocol):
    """A WebSocket's reader that costs next to nothing: it keeps bytes with their moment, for later."""

    def __init__(self, host: str, path: str) -> None:
        self.host, self.path = host, path
        self.chunks: list[tuple[float, bytes]] = []
        self.ready = asyncio.Event()
        self.confirmed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = "AAAAAAAAAAAAAAAAAAAAAA=="
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nhost: {self.host}\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n".encode()
        )

    def data_received(self, chunk: bytes) -> None:
        self.chunks.append((time.perf_counter(), chunk))
        self.confirmed += chunk.count(b'"status":"confirmed"')
        if b'"type":"hello"' in chunk:
            self.ready.set()
        if chunk[0] == PING:
            self.transport.write(PONG)

    def messages(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """Every message with the moment of its last byte."""
        held = b""
        for index, (moment, chunk) in enumerate(self.chunks):
            held += chunk if index else chunk.partition(b"\r\n\r\n")[2]
            while (ends := frame(held)) is not None:
                begins, end = ends
                if held[0] == TEXT:
                    yield moment, json.loads(held[begins:end])
                held = held[end:]


@dataclass
class Held:
    """A meeting that was held."""

    times: Times
    readers: list[Reader]


def frame(held: bytes) -> tuple[int, int] | None:
    """Where the content of the first frame begins and ends, once it is all there (RFC 6455, 5.2)."""
    if len(held) < 10 and (len(held) < 2 or len(held) < 2 + held[1]):
        return None
    begins = {126: 4, 127: 10}.get(held[1], 2)
    size = held[1] if begins == 2 else int.from_bytes(held[2:begins])
    return (begins, begins + size) if len(held) >= begins + size else None


def arrivals(readers: list[Reader], status: str) -> dict[int, list[float]]:
    """When readers had the highlight of each batch in that status."""
    found = defaultdict[int, list[float]](list)
    for reader in readers:
        for moment, message in reader.messages():
            if message["type"].startswith("highlight.") and message["data"]["status"] == status:
                found[int(message["data"]["segments"][0][1:]) // BATCH].append(moment)
    return found


async def send(socket: ClientConnection, times: Times, readers: list[Reader]) -> None:
    for number in range((WARM + BATCHES) * BATCH):
        batch, place = divmod(number, BATCH)
        moments = {0: times.begun, BATCH - 1: times.filled}.get(place)
        if moments is not None:
            moments.append(time.perf_counter())
        await socket.send(caption(number))
        answer = json.loads(await socket.recv())
        assert answer["type"] == "ack", answer
        await asyncio.sleep(PAUSE)
        while place == BATCH - 1 and any(each.confirmed <= batch for each in readers):  # noqa: ASYNC110  # readers are no tasks
            await asyncio.sleep(PAUSE)


async def meeting(server: Server, times: Times) -> list[Reader]:
    """One meeting held through the service; what its readers have read."""
    asked = {"name": "Bench", "ai": {"highlights": True, "budget": False}}
    made = await asyncio.to_thread(server.ask, "POST", "/v1/meetings", asked)
    path = f"/v1/meetings/{made['id']}"
    loop, host = asyncio.get_running_loop(), server.url.rpartition("/")[2]
    port = int(host.rpartition(":")[2])
    readers = [
        (await loop.create_connection(lambda: Reader(host, f"{path}/events"), "127.0.0.1", port))[1]
        for _ in range(READERS)
    ]
    async with asyncio.timeout(10):
        for reader in readers:
            await reader.ready.wait()
    async with connect(f"ws://{host}{path}/ingest") as sender:
        await send(sender, times, readers)
    await asyncio.to_thread(server.ask, "POST", f"{path}/end")
    return readers


async def held(meetings: int, folder: str) -> list[Held]:
    """Meetings, one after the other."""
    done: list[Held] = []

    async def timed(fake: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
        times = done[-1].times
        times.asked.append(time.perf_counter())
        await asyncio.sleep(MODEL_SECONDS)
        times.answered.append(time.perf_counter())
        return await SCENARIOS["ok"](fake, body, writer)

    SCENARIOS["timed"] = timed
    async with fake_claude(answer=confirming, scenario="timed") as fake:
        settings = {
            "database": f"sqlite:///{folder}/v100.db",
            "anthropic_key": KEY,
            "anthropic_url": fake.url,
            "dollars_an_hour": 1_000,
        }
        with await asyncio.to_thread(lambda: Server(**settings)) as server:
            for _ in range(meetings):
                done.append(Held(Times(), []))
                done[-1].readers += await meeting(server, done[-1].times)
        await asyncio.sleep(PAUSE)  # the stand-in sees its connections go
    return done


def row(name: str, seconds: list[float], target: str) -> None:
    ordered = sorted(seconds)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.95, 0.99))
    print(f"| {name} | {len(ordered)} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {target} |")


def main() -> None:
    meetings = int(sys.argv[1]) if len(sys.argv) > 1 else MEETINGS
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(held(meetings, folder))
    asked: list[float] = []
    told: list[float] = []
    early: list[float] = []
    for one in done:
        times, counted = one.times, range(WARM, WARM + BATCHES)
        provisional, confirmed = (
            arrivals(one.readers, each) for each in ("provisional", "confirmed")
        )
        for batch in counted:
            assert len(confirmed[batch]) == READERS == len(provisional[batch])
            asked.append(times.asked[batch] - times.filled[batch])
            told.append(max(confirmed[batch]) - times.answered[batch])
            early += [moment - times.begun[batch] for moment in provisional[batch]]
    processor = next(
        (line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine(),
    )  # fmt: skip
    print(
        f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}; load {busy:.1f}\n"
    )
    print("| what | n | p50 ms | p95 ms | p99 ms | target |\n|---|---|---|---|---|---|")
    both = [one + other for one, other in zip(asked, told, strict=True)]
    row("batch filled -> last of 20 readers, without the model", both, "p50 5, p99 50")
    row("of it until Claude is asked", asked, "")
    row("of it from Claude's answer", told, "")
    row("caption -> its provisional highlight, every reader", early, "p99 100")


if __name__ == "__main__":
    main()
