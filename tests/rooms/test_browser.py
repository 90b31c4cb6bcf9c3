"""The page of a room in a real browser, with a camera and a microphone that Chromium makes up."""

from collections.abc import AsyncIterator

import anyio
import pytest

from tests.api.running import Api, running
from tests.report.browser import Page, page

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)

CONNECTED = "[window.room?.out, window.room?.in].every((line) => line?.peer?.connectionState === 'connected')"

DECODED = """(async () => {
    const stats = await room.in.peer.getStats();
    return [...stats.values()].filter((one) => one.type === 'inbound-rtp' && one.kind === 'video')
        .reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0);
})()"""

FROZEN = """(async () => {
    const stats = await room.in.peer.getStats();
    return [...stats.values()].filter((one) => one.type === 'inbound-rtp' && one.kind === 'video')
        .reduce((sum, one) => sum + (one.freezeCount ?? 0), 0);
})()"""

TILES = "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.participant).sort()"


@pytest.fixture
async def api(tmp_path) -> AsyncIterator[Api]:
    async with running(tmp_path, keys=False, media={"port": 0}) as api:
        yield api


async def holds(on: Page, script: str) -> None:
    """Wait until a script gives what is true."""
    while not await on.evaluate(script):  # noqa: ASYNC110  # the browser has no event for it
        await anyio.sleep(0.1)


async def test_two_browsers_meet_and_come_through_a_new_start_of_ice(api: Api, tmp_path):
    meeting = await api.meeting(ai={"active_speaker": {"layout": "grid"}})
    home = f"http://127.0.0.1:{api.port}/rooms/{meeting}"
    with anyio.fail_after(100):
        async with (
            page(f"{home}#participant=alice", tmp_path / "alice", *FLAGS) as alice,
            page(f"{home}#participant=bob", tmp_path / "bob", *FLAGS) as bob,
        ):
            for one in (alice, bob):
                await holds(one, CONNECTED)
                await holds(one, f"{DECODED}.then((count) => count > 20)")
            assert await alice.evaluate(TILES) == ["alice", "bob"]
            await alice.evaluate("room.out.restart()")
            before = await bob.evaluate(DECODED)
            await holds(bob, f"{DECODED}.then((count) => count > {before} + 20)")
            assert await alice.evaluate("room.out.peer.connectionState") == "connected"
            assert await bob.evaluate(FROZEN) == 0
            await holds(bob, "room.speaker !== null")
            await alice.evaluate("document.getElementById('leave').click()")
            await holds(bob, f"{TILES}.join() === 'bob'")
    answer = await api.http.get(f"/v1/meetings/{meeting}/events?limit=1000")
    told = [(each["type"], each["data"].get("participant")) for each in answer.json()["events"]]
    assert ("participant.left", "alice") in told
    assert ("peer.connected", "bob") in told
