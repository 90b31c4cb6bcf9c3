"""The server is killed as kill -9 does: the page and a bot come back by themselves, and the log is whole."""

import socket
import sys
from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from tests.report.browser import page
from tests.rooms.sending import Numbered, Voice
from tests.rooms.test_browser import CONNECTED, FLAGS, holds
from tests.serving import Server
from v100_ai import clock
from v100_ai.rooms.client import Place, stay

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(300)]

SEEN = """(async () => {
    const stats = await room.in.peer.getStats();
    return [...stats.values()].filter((one) => one.type === 'inbound-rtp' && one.kind === 'video')
        .reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0) > 5;
})()"""


def free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def back(served: Server, meeting: str) -> set[str]:
    """Who is in the room again: connected to publish since the server was started anew."""
    told = served.ask("GET", f"/v1/meetings/{meeting}/events?limit=1000")["events"]
    came = [
        each["data"]["participant"]
        for each in told
        if each["type"] == "peer.connected" and each["data"]["role"] == "publish"
    ]
    return {who for who in came if came.count(who) > 1}


async def test_the_page_and_a_bot_come_back_after_a_kill(tmp_path: Path):
    words = ("--media", "--port", str(free()))
    served = Server(*words, folder=tmp_path, media__port=0)
    try:
        meeting = served.ask("POST", "/v1/meetings", {"name": "M", "ai": {"active_speaker": True}})
        place = Place(served.url, meeting["id"])
        with anyio.fail_after(100):
            async with anyio.create_task_group() as group:
                group.start_soon(stay, place, "bot", lambda: [Numbered(), Voice()])
                home = f"{served.url}/rooms/{meeting['id']}#participant=alice"
                async with page(home, tmp_path / "alice", *FLAGS) as alice:
                    await holds(alice, f"{CONNECTED} && {SEEN}")
                    served.kill()
                    served = Server(*words, folder=tmp_path, media__port=0)
                    begun = clock.monotonic()
                    while back(served, meeting["id"]) != {"alice", "bot"}:  # noqa: ASYNC110
                        await anyio.sleep(0.2)
                    sys.stdout.write(f"back after {clock.monotonic() - begun:.1f} s\n")
                    await holds(alice, f"{CONNECTED} && {SEEN}")
                group.cancel_scope.cancel()
        told = served.ask("GET", f"/v1/meetings/{meeting['id']}/events?limit=1000")["events"]
    finally:
        served.kill()
    numbers = [each["seq"] for each in told]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
