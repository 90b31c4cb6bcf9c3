import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests import clips
from tests.delivery.receivers import certificate
from tests.worker.rtsp import Camera, coded, filmed
from tests.worker.servers import Asked, web
from tests.worker.watched import watched
from v100_ai.errors import AddressRefused
from v100_ai.worker import (
    Ended,
    Gap,
    Limits,
    Lost,
    Opened,
    Policy,
    Readings,
    Refused,
    Spec,
    Stats,
    start,
    supervise,
)

pytestmark = pytest.mark.anyio

PATIENT = Limits(patience=5.0)


@pytest.fixture(scope="session")
def pictures() -> list[list[bytes]]:
    return coded(clips.moving(60, 320, 240))


@pytest.fixture(scope="session")
def stream(media: Path) -> Path:
    """MPEG-TS that says nothing of its length."""
    return clips.write(media / "live.ts", clips.moving(60))


async def test_a_camera_is_watched_until_it_hangs_up(pictures):
    camera = Camera(pictures)
    with filmed(camera) as url:
        story = await watched(Spec(source=url, limits=PATIENT))
    opened, stats = story.messages[0], story.of(Stats)[-1]
    assert isinstance(opened, Opened)
    assert (opened.width, opened.height, opened.codec) == (320, 240, "h264")
    assert (opened.seekable, opened.duration) == (False, None)
    assert story.last == Ended()
    assert stats.decoded == stats.analysed + stats.dropped
    assert stats.decoded >= 55
    assert story.times == pytest.approx([number / 25 for number in story.frames], abs=1e-3)


async def test_a_camera_is_told_when_its_viewer_leaves(pictures):
    camera = Camera(pictures * 100)
    with filmed(camera) as url:
        async with start(Spec(source=url, limits=PATIENT)) as worker:
            async for message in worker:
                if isinstance(message, Readings):
                    break
        assert worker.process.returncode == 0


async def test_a_camera_that_is_not_there_is_no_media():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    story = await watched(Spec(source=f"rtsp://ana:secret@127.0.0.1:{port}/1", limits=PATIENT))
    assert isinstance(story.last, Refused)
    assert story.last.error == "NotMedia"
    assert story.last.message == f"rtsp://127.0.0.1:{port}/1: connection refused"


async def test_a_camera_that_falls_silent_is_lost(pictures):
    camera = Camera(pictures, hangs_up=False)
    with filmed(camera) as url:
        story = await watched(Spec(source=url, limits=Limits(patience=1.0)))
    assert story.frames
    assert isinstance(story.last, Refused | Ended)


async def test_after_a_loss_a_camera_goes_on_with_a_gap(pictures):
    """It counts from 0 again, as cameras do; the session's time goes on."""
    pids, readings, gaps = list[int](), list[Readings](), list[Gap]()

    @asynccontextmanager
    async def launch(spec: Spec):
        async with start(spec) as worker:
            pids.append(worker.pid)
            yield worker

    with filmed(Camera(pictures * 100)) as url:
        policy = Policy(first=0.001, most=0.001)
        spec = Spec(source=url, limits=PATIENT)
        async with supervise(spec, policy, launch=launch) as told:
            async for message in told:
                if isinstance(message, Readings):
                    readings.append(message)
                    if len(readings) == 1:
                        os.kill(pids[0], signal.SIGKILL)
                    if gaps:
                        break
                elif isinstance(message, Gap):
                    gaps.append(message)
    (gap,) = gaps
    before, after = readings[-2], readings[-1]
    assert len(pids) == 2
    assert (gap.from_pts, gap.to_pts) == (before.times[-1], after.times[0])
    assert 0 < gap.to_pts - gap.from_pts < 20
    assert after.frames[0] == before.frames[-1] + 1
    assert "Killed" in gap.reason


async def test_a_stream_over_http_without_a_length_is_live(stream: Path):
    def give(request: Asked) -> None:
        request.begin()
        request.wfile.write(stream.read_bytes())

    with web(live_ts=give) as (base, _):
        story = await watched(Spec(source=f"{base}/live.ts", limits=PATIENT))
    assert isinstance(story.messages[0], Opened)
    assert not story.messages[0].seekable
    assert story.of(Stats)[-1].decoded == 60
    assert story.last == Ended()


@contextmanager
def sender(clip: Path) -> Iterator[str]:
    """Gives the clip to whoever connects, once."""

    def give() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(clip.read_bytes())

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=give)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            thread.join()


async def test_a_stream_over_tcp_is_live(stream: Path):
    with sender(stream) as url:
        story = await watched(Spec(source=url, limits=PATIENT))
    assert story.of(Stats)[-1].decoded == 60


async def test_a_slow_reader_loses_the_oldest_frames_of_a_live_source(stream: Path):
    """VMAF of frames that come as fast as the network: more than can be measured."""
    clip = clips.write(stream.parent / "large.ts", clips.moving(60, 1280, 720))
    with sender(clip) as url:
        spec = Spec(source=url, layers=("motion", "vectors", "siti", "quality"), limits=PATIENT)
        story = await watched(spec)
    stats = story.of(Stats)[-1]
    assert stats.decoded == 60
    assert stats.dropped > 0
    assert stats.analysed == len(story.frames) == 60 - stats.dropped
    assert story.frames == sorted(set(story.frames))
    assert story.frames[-1] == 59


async def test_a_file_over_http_can_be_read_again(mp4: Path):
    with web(clip_mp4=mp4) as (base, _):
        story = await watched(Spec(source=f"{base}/clip.mp4?token=secret", pace="fast"))
    assert isinstance(story.messages[0], Opened)
    assert story.messages[0].seekable
    assert story.frames == list(range(150))


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_server_is_only_believed_under_its_own_name(trusted, mp4, tmp_path, monkeypatch):
    chain, key = certificate(tmp_path, "localhost" if trusted else "elsewhere")
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with web(tls=context, clip_mp4=mp4) as (base, asked):
        story = await watched(Spec(source=f"{base}/clip.mp4", pace="fast", limits=PATIENT))
    if trusted:
        assert len(story.frames) == 150
    else:
        assert isinstance(story.last, Refused)
        assert "certificate verify failed" in story.last.message
        assert asked == []


async def test_a_file_that_is_cut_on_its_way_goes_on_without_a_gap(media: Path):
    clip = clips.write(media / "long.mp4", clips.scenes(), options={"movflags": "faststart"})
    content, mended = clip.read_bytes(), threading.Event()

    def give(request: Asked) -> None:
        first = int(request.headers["Range"].removeprefix("bytes=").partition("-")[0])
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - first))
        request.end_headers()
        until = len(content) if mended.is_set() else len(content) // 2
        request.wfile.write(content[first:until])

    frames, kinds = list[int](), list[str]()
    with web(long_mp4=give) as (base, _):
        spec = Spec(source=f"{base}/long.mp4", pace="fast", limits=PATIENT)
        async with supervise(spec, Policy(first=0.001, most=0.001)) as told:
            async for message in told:
                kinds.append(type(message).__name__)
                if isinstance(message, Readings):
                    frames += message.frames
                if isinstance(message, Lost):
                    mended.set()
    assert frames == list(range(150))
    assert kinds.count("Lost") == 1
    assert "Gap" not in kinds


async def test_a_file_is_played_at_its_own_pace(mp4: Path):
    """The first readings come while most of the file is still to be shown."""
    async with start(Spec(source=str(mp4), files=True)) as worker:
        async for message in worker:
            if isinstance(message, Readings):
                assert len(message.frames) < 50
                break


async def test_an_address_that_is_refused_is_never_opened(pictures):
    async def check(url: str) -> str:
        raise AddressRefused(url, "private")

    camera = Camera(pictures)
    with filmed(camera) as url:
        async with supervise(Spec(source=url), check=check) as told:
            found = [each async for each in told]
    assert [type(each) for each in found] == [Refused]
    assert camera.asked == []


async def test_a_source_that_comes_late_is_waited_for(pictures):
    kinds = list[str]()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    camera = Camera(pictures)

    with filmed(camera) as url:

        async def check(_: str) -> str:
            return url if "Lost" in kinds else f"rtsp://127.0.0.1:{port}/1"

        spec = Spec(source="rtsp://camera.example/1", limits=PATIENT)
        async with supervise(spec, Policy(first=0.001, most=0.001), check=check) as told:
            async for message in told:
                kinds.append(type(message).__name__)
                if isinstance(message, Lost):
                    assert message.retry_in <= 0.001
    assert kinds[:2] == ["Lost", "Opened"]
    assert kinds[-1] == "Ended"
    assert "Gap" not in kinds
