"""Glass to glass: capture callback to decoded picture, through the media server and without it.

    python benches/rooms_glass.py [--fps 30] [--seconds 10]

aiortc publishes 640x360 VP8 with a number in the luma and receives it in the same process, on loopback; printed with
the machine. The server runs in a process of its own, as `v100 serve --media` does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import MediaStreamTrack

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.rooms import sending
from tests.rooms.sending import Numbered, Voice, number

from v100_ai.rooms.client import Place, publish, subscribe

WARM_UP = 30
"""Pictures that are not counted: the encoder and the jitter buffer find their pace."""


class Stamped(Numbered):
    """A picture that remembers when it was captured."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[int, float] = {}

    async def recv(self):
        frame = await super().recv()
        self.at[self.number] = time.perf_counter()
        return frame


async def watched(track: MediaStreamTrack, sent: Stamped, count: int) -> tuple[list[float], int]:
    """How long each of so many pictures took, in ms, and how many are missing between them."""
    took: list[float] = []
    seen: list[int] = []
    for index in range(count + WARM_UP):
        frame = await track.recv()
        now = time.perf_counter()
        told = number(frame)
        if index >= WARM_UP and told in sent.at:
            took.append((now - sent.at[told]) * 1e3)
            seen.append(told)
    return took, seen[-1] - seen[0] + 1 - len(set(seen))


async def direct(count: int) -> tuple[list[float], int]:
    """From one connection to another, without a server."""
    one, other = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    sent = Stamped()
    one.addTrack(sent)
    one.addTrack(Voice())
    tracks: asyncio.Queue[MediaStreamTrack] = asyncio.Queue()
    other.on("track", tracks.put_nowait)
    await one.setLocalDescription(await one.createOffer())
    await other.setRemoteDescription(one.localDescription)
    await other.setLocalDescription(await other.createAnswer())
    await one.setRemoteDescription(other.localDescription)
    track = await tracks.get()
    while track.kind != "video":
        track = await tracks.get()
    try:
        return await watched(track, sent, count)
    finally:
        await one.close()
        await other.close()


async def through(place: Place, count: int) -> tuple[list[float], int]:
    """Through the server."""
    sent = Stamped()
    async with (
        publish(place, "alice", [sent, Voice()]),
        subscribe(place, "bob", audio=1, video=1) as bob,
    ):
        track = next(each.track for each in bob.getReceivers() if each.track.kind == "video")
        return await watched(track, sent, count)


@contextlib.contextmanager
def serving(folder: str, **layers: bool):
    """A server, and a meeting of it."""
    command = [sys.executable, "-m", "v100_ai.cli", "serve", "--media", "--port", "0"]
    command += ["--database", f"sqlite:///{folder}/v100.db"]
    environment = {**os.environ, "V100_MEDIA__PORT": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        asked = json.dumps({"name": "bench", "ai": {"active_speaker": True, **layers}}).encode()
        request = urllib.request.Request(  # noqa: S310  # our own server
            f"{url}/v1/meetings", asked, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            meeting = json.load(answer)["id"]
        try:
            yield Place(url, meeting), server.pid
        finally:
            server.terminate()
            server.wait()


def row(name: str, found: tuple[list[float], int]) -> str:
    took, missing = found
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    return f"{name:<14} {p50:7.1f} {p95:7.1f} {p99:7.1f}   {missing:>5} of {len(took) + missing}"


def machine() -> str:
    """What it was measured on."""
    known = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.split(":")[1].strip() for line in known if line.startswith("model name"))
    return next(names, platform.processor())


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    sending.FPS, sending.WIDTH, sending.HEIGHT = asked.fps, 640, 360
    count = round(asked.fps * asked.seconds)
    cpu = machine()
    print(
        f"{cpu}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; 640x360 at {asked.fps} fps, VP8"
    )
    print(f"{'ms':<14} {'p50':>7} {'p95':>7} {'p99':>7}   missing")
    with tempfile.TemporaryDirectory() as folder, serving(folder) as (place, _):
        for _ in range(2):
            print(row("direct", await direct(count)))
            print(row("through", await through(place, count)))


if __name__ == "__main__":
    asyncio.run(main())
