"""FFmpeg's `whip` muxer publishes into a room: H.264 and Opus, without audio levels, a token and DELETE of its own."""

import subprocess
import sys

import anyio
import pytest

from tests.api.running import running

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


async def test_what_ffmpeg_publishes_is_analysed_and_heard_though_it_tells_no_levels(tmp_path):
    async with running(tmp_path, media={"port": 0}) as api:
        meeting = await api.meeting(ai={"active_speaker": True, "visual": True})
        url = f"http://127.0.0.1:{api.port}/v1/meetings/{meeting}/whip?participant=ffmpeg"
        command = [sys.executable, "-m", "tests.rooms.ffmpeg", url, api.secret, str(tmp_path), "12"]
        with anyio.fail_after(120):
            done = await anyio.run_process(command, check=False, stderr=subprocess.STDOUT)
        answer = await api.http.get(f"/v1/meetings/{meeting}/events?limit=1000")
        found = [(each["type"], each["data"]) for each in answer.json()["events"]]
    assert done.returncode == 0, done.stdout.decode()
    codecs = {data["codec"] for kind, data in found if kind == "track.added"}
    assert codecs == {"h264", "opus"}
    tracks = {data["track"] for kind, data in found if kind == "frame.analysis"}
    assert tracks == {"ffmpeg"}
    assert "ffmpeg" in {data["participant"] for kind, data in found if kind == "talk.started"}
    lost = [data for kind, data in found if kind == "peer.lost"]
    assert [each["reason"] for each in lost] == ["closed"]
