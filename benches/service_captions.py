"""From a caption's POST to its event at a reader, while levels come in: the service in one process, all others in another.

python benches/service_captions.py [MEETINGS] [SECONDS]

Each meeting has ten participants of fifty levels a second, over one socket that sends a message each 20 ms, a reader of
server-sent events, and a caption a second. Prints p50, p99 and the most, with what the server took of a core.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).parents[1]))

from service_idle import spent
from tests.serving import Server

PEOPLE = [f"p{number}" for number in range(10)]
STEP = 0.02
WARM = 3.0


class Meeting:
    """One meeting, from outside."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self.http, self.url = http, url
        self.sent: dict[str, float] = {}
        self.waits: list[float] = []
        self.levels = 0
        self.home = ""

    async def run(self, until: float, offset: float) -> None:
        asked = {
            "name": "bench",
            "ai": {"active_speaker": True, "highlights": True, "engine": "rules"},
        }
        made = await self.http.post("/v1/meetings", json=asked)
        self.home = f"/v1/meetings/{made.json()['id']}"
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(self.read())
            work = [
                group.create_task(self.level(begun, until)),
                group.create_task(self.say(begun, until, offset)),
            ]
            await asyncio.gather(*work)
            await asyncio.sleep(2.0)
            reader.cancel()

    async def level(self, begun: float, until: float) -> None:
        url = self.url.replace("http", "ws") + f"{self.home}/ingest"
        async with connect(url, proxy=None, max_queue=None) as socket:
            drain = asyncio.create_task(self.drain(socket))
            due, number = time.monotonic(), 0
            while time.monotonic() < until:
                at = time.monotonic() - begun
                talks = int(at / 3) % len(PEOPLE)
                levels = [
                    {
                        "participant": who,
                        "level": -25 - number % 5 if index == talks else -70,
                        "at": at,
                    }
                    for index, who in enumerate(PEOPLE)
                ]
                await socket.send(json.dumps({"type": "levels", "levels": levels}))
                number += 1
                due += STEP
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            drain.cancel()

    async def drain(self, socket: Any) -> None:
        async for _ in socket:
            self.levels += len(PEOPLE)

    async def say(self, begun: float, until: float, offset: float) -> None:
        await asyncio.sleep(offset)
        number = 0
        while time.monotonic() < until:
            text = f"this is piece {number} of what is said here"
            at = time.monotonic() - begun
            caption = {
                "participant": "p0",
                "start": at,
                "end": at + 0.5,
                "text": text,
                "id": str(number),
            }
            self.sent[str(number)] = time.monotonic()
            answer = await self.http.post(f"{self.home}/captions", json=caption)
            assert answer.status_code == 202, answer.text
            number += 1
            await asyncio.sleep(1.0)

    async def read(self) -> None:
        headers = {"accept": "text/event-stream"}
        async with self.http.stream(
            "GET", f"{self.home}/events", headers=headers, timeout=None
        ) as answer:
            async for line in answer.aiter_lines():
                if '"type":"transcript.segment"' in line:
                    now = time.monotonic()
                    told = json.loads(line.removeprefix("data: "))["data"]
                    self.waits.append(now - self.sent[told["id"]])


async def run(url: str, meetings: int, seconds: float) -> list[Meeting]:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(base_url=url, trust_env=False, limits=limits, timeout=30) as http:
        until = time.monotonic() + seconds
        found = [Meeting(http, url) for _ in range(meetings)]
        async with asyncio.TaskGroup() as group:
            for number, each in enumerate(found):
                group.create_task(each.run(until, WARM + number / meetings))
        return found


def main() -> None:
    meetings = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(folder=Path(folder), errors=subprocess.DEVNULL) as server,
    ):
        before, begun = spent(server.process.pid), time.monotonic()
        found = asyncio.run(run(server.url, meetings, seconds))
        took = (spent(server.process.pid) - before) / (time.monotonic() - begun)
    waits = sorted(wait * 1e3 for each in found for wait in each.waits)
    levels = sum(each.levels for each in found) / seconds
    p50, p99 = statistics.median(waits), waits[int(len(waits) * 0.99)]
    print(
        f"{meetings} meetings, {levels:.0f} levels/s, {len(waits)} captions: "
        f"p50 {p50:.0f}, p99 {p99:.0f}, most {waits[-1]:.0f} ms; server {took:.2f} core"
    )


if __name__ == "__main__":
    main()
