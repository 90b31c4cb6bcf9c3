"""FFmpeg's `whip` muxer publishes into a room: H.264 and Opus, without audio levels, a token and DELETE of its own."""

import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from tests.api.running import running
from tests.rooms.telling import told

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

EXPECTED: set[tuple[str, str | None]] = {
    ("source.connected", "ffmpeg"),
    ("frame.analysis", "ffmpeg"),
    ("talk.started", "ffmpeg"),
}


async def test_what_ffmpeg_publishes_is_analysed_and_heard_though_it_tells_no_levels(
    tmp_path: Path,
):
    errors = tmp_path / "errors"
    async with running(tmp_path, media={"port": 0}) as api:
        meeting = await api.meeting(ai={"active_speaker": True, "visual": True})
        url = f"http://127.0.0.1:{api.port}/v1/meetings/{meeting}/whip?participant=ffmpeg"
        command = [sys.executable, "-m", "tests.rooms.ffmpeg", url, api.secret, str(tmp_path)]
        with anyio.fail_after(200), errors.open("wb") as file:
            async with await anyio.open_process(
                command, stderr=file, stdout=subprocess.DEVNULL
            ) as ran:
                found = await told(api, meeting, EXPECTED, seconds=150)
                (tmp_path / "stop").touch()
                await ran.wait()
            lost = await told(api, meeting, {("peer.lost", "ffmpeg")})
    assert ran.returncode == 0, errors.read_text()
    codecs = {each["data"]["codec"] for each in found if each["type"] == "track.added"}
    assert codecs == {"h264", "opus"}
    assert [each["data"]["reason"] for each in lost if each["type"] == "peer.lost"] == ["closed"]
