import os
import random
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import av
import pytest

from tests import clips
from tests.worker.servers import Asked, web
from tests.worker.watched import Story, a_file, watched
from v100_ai.worker import Died, Ended, Limits, Refused, Spec
from v100_ai.worker.child.opening import opened

pytestmark = pytest.mark.anyio

MIB = 1 << 20
BOUND = Limits(memory=256 * MIB, cpu=10, opening=10.0, silence=10.0, patience=2.0)


def png(width: int, height: int) -> bytes:
    """A black picture in a few kilobytes."""

    def chunk(tag: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(tag + content))
        return struct.pack(">I", len(content)) + tag + content + check

    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb(path: Path, width: int, height: int, frames: int = 3) -> Path:
    picture = png(width, height)
    with av.open(path, "w") as clip:
        stream: Any = clip.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "rgb24"
        clip.start_encoding()
        for index in range(frames):
            packet = av.Packet(picture)
            packet.stream = stream
            packet.pts = packet.dts = index
            packet.time_base, packet.is_keyframe = Fraction(1, 25), True
            clip.mux(packet)
    return path


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def refusal(story: Story) -> str:
    assert isinstance(story.last, Refused), story.last
    return f"{story.last.error}: {story.last.message}"


@pytest.mark.parametrize(
    ("size", "error"),
    [((16384, 8192), "SourceLost"), ((8192, 8192), "MemoryError"), ((8192, 4096), "MemoryError")],
)
async def test_a_bomb_of_pictures_goes_off_in_the_child_alone(size, error, tmp_path):
    path = bomb(tmp_path / "bomb.mov", *size)
    assert path.stat().st_size < 2 * MIB
    before = resident()
    story = await watched(a_file(path, limits=Limits(memory=128 * MIB)))
    assert refusal(story).startswith(error)
    assert resident() - before < 20 * MIB
    assert story.frames == []


async def test_a_picture_that_fits_the_limits_is_measured(tmp_path):
    story = await watched(a_file(bomb(tmp_path / "large.mov", 2048, 1024)))
    assert story.frames == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thing.mp4", b""),
        ("thing.mp4", b"hello, this is text\n" * 50),
        ("thing.mp4", bytes(range(256)) * 40),
        ("thing.txt", b"hello, this is text\n" * 50),
        ("thing.m3u8", b"#EXTM3U\n#EXTINF:2.0,\n/etc/passwd\n#EXT-X-ENDLIST\n"),
        ("thing.mp4", b"#EXTM3U\n#EXTINF:2.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("thing.ffconcat", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        (
            "thing.sdp",
            b"v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        ),
        ("%03d.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
async def test_what_is_no_media_is_refused(name: str, content: bytes, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(await watched(a_file(path, limits=BOUND))).startswith("NotMedia")


@pytest.mark.parametrize(
    "source",
    [
        "/dev/zero",
        "/dev/stdin",
        "/",
        "concat:/etc/passwd|/etc/passwd",
        "subfile,,start,0,end,0,,:/etc/passwd",
        "data:video/mp4;base64,AAAA",
        "pipe:0",
        "file:/etc/passwd",
        "gopher://127.0.0.1/",
        "file:///etc/passwd",
        "unix:///run/x.sock",
        "lavfi://testsrc",
    ],
)
async def test_what_is_no_regular_file_is_refused(source: str):
    assert refusal(await watched(a_file(source, limits=BOUND))).startswith("NotMedia")


async def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    story = await watched(a_file(tmp_path / "pipe.mp4", limits=BOUND))
    assert "expected a regular file" in refusal(story)


async def test_no_file_is_opened_where_files_are_not_allowed(mp4: Path):
    story = await watched(Spec(source=str(mp4)))
    assert "expected a source of http" in refusal(story)


async def test_a_file_that_is_cut_short_gives_what_it_holds(truncated: Path):
    story = await watched(a_file(truncated))
    assert len(story.frames) > 10
    assert isinstance(story.last, Ended)
    assert story.last.broken is not None
    assert "ends after" in story.last.broken


async def test_of_a_hundred_tracks_no_more_than_the_limit_are_opened(tmp_path):
    path = tmp_path / "tracks.mkv"
    with av.open(path, "w") as clip:
        streams: list[Any] = [clip.add_stream("mpeg4", rate=25) for _ in range(100)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for stream in streams:
            clip.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
            clip.mux(stream.encode(None))
    spec = a_file(path, limits=Limits(streams=10))
    with opened(spec.source, spec) as found:
        assert len(found.container.streams) == 10
    assert (await watched(spec)).frames == [0]


def playlist(*lines: str, ends: bool = True) -> bytes:
    body = "".join(f"#EXTINF:2.0,\n{line}\n" for line in lines)
    end = "#EXT-X-ENDLIST\n" if ends else ""
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{body}{end}".encode()


@pytest.fixture(scope="session")
def segment(media: Path) -> Path:
    return clips.write(media / "segment.ts", clips.moving(25))


@pytest.mark.parametrize(
    "entry",
    [
        "file://{segment}",
        "{segment}",
        "concat:{segment}|{segment}",
        "subfile,,start,0,end,100000,,:{segment}",
        "data:video/mp2t;base64,AAAA",
        "crypto+file://{segment}",
        "pipe:0",
        "tcp://127.0.0.1:{port}/",
        "udp://127.0.0.1:{port}",
    ],
)
async def test_a_playlist_leads_to_nothing_but_the_web(entry: str, segment: Path):
    with web() as (base, asked):
        port = base.rpartition(":")[2]
        content = playlist(entry.format(segment=segment, port=port))

        def give(request: Asked) -> None:
            request.give(content)

        with web(list_m3u8=give) as (lists, _):
            story = await watched(Spec(source=f"{lists}/list.m3u8", limits=BOUND))
    assert story.frames == []
    assert isinstance(story.last, Refused)
    assert asked == []


async def test_a_playlist_over_http_is_read(segment: Path):
    with web(list_m3u8=playlist("a.ts", "a.ts"), a_ts=segment) as (base, asked):
        story = await watched(Spec(source=f"{base}/list.m3u8", pace="fast"))
    assert len(story.frames) == 50
    assert asked.count("/a.ts") >= 2


async def test_a_playlist_that_lists_itself_ends():
    master = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\nlist.m3u8\n"
    with web(list_m3u8=master) as (base, _):
        limits = Limits(opening=2.0, cpu=5)
        story = await watched(Spec(source=f"{base}/list.m3u8", limits=limits))
    assert isinstance(story.last, Refused | Died)


async def test_a_playlist_without_an_end_is_stopped():
    def give(request: Asked) -> None:
        request.begin()
        request.wfile.write(b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n")
        while True:
            request.wfile.write(b"#EXTINF:2.0,\nsegment-with-a-rather-long-name.ts\n" * 500)

    limits = Limits(memory=96 * MIB, cpu=3, opening=5.0)
    with web(list_m3u8=give) as (base, _):
        before = resident()
        story = await watched(Spec(source=f"{base}/list.m3u8", limits=limits))
    assert isinstance(story.last, Refused | Died)
    assert resident() - before < 20 * MIB


async def test_a_playlist_that_never_has_anything_new_is_given_up(segment: Path):
    limits = Limits(silence=4.0, opening=10.0)
    live = playlist("a.ts", ends=False)
    with web(list_m3u8=live, a_ts=segment) as (base, _):
        story = await watched(Spec(source=f"{base}/list.m3u8", limits=limits))
    assert story.frames
    assert isinstance(story.last, Ended | Died)


async def test_a_server_that_drips_is_given_up():
    def give(request: Asked) -> None:
        request.begin()
        while True:
            request.wfile.write(b"x")
            request.wfile.flush()
            anyio.run(anyio.sleep, 0.05)

    with web(clip_mp4=give) as (base, _):
        limits = Limits(opening=1.0, patience=5.0)
        story = await watched(Spec(source=f"{base}/clip.mp4", limits=limits))
    assert isinstance(story.last, Died)
    assert story.last.cause == "opening"


async def test_a_server_that_says_nothing_is_given_up():
    with web(clip_mp4=lambda request: anyio.run(anyio.sleep, 2.0)) as (base, _):
        limits = Limits(patience=0.3)
        story = await watched(Spec(source=f"{base}/clip.mp4", limits=limits))
    assert "timed out" in refusal(story)


LOOPBACK = {"closed": ("127.0.0.0/8", "::1/128"), "opened": ()}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"]
)
async def test_closed_networks_are_not_connected_to(host: str, mp4: Path):
    with web(clip_mp4=mp4) as (base, asked):
        port = base.rpartition(":")[2]
        source = f"http://{host}:{port}/clip.mp4"
        story = await watched(Spec(source=source, limits=BOUND, closed=("127.0.0.0/8",)))
    assert refusal(story).startswith("AddressRefused")
    assert asked == []


async def test_a_redirect_and_a_playlist_lead_to_no_closed_network(mp4: Path):
    with web(clip_mp4=mp4) as (inner, asked):
        away = f"http://127.0.0.2:{inner.rpartition(':')[2]}/clip.mp4"
        with web(moved_mp4=lambda request: request.redirect(away), list_m3u8=playlist(away)) as (
            base,
            _,
        ):
            for name in ("moved.mp4", "list.m3u8"):
                spec = Spec(
                    source=f"{base}/{name}",
                    limits=BOUND,
                    closed=("127.0.0.0/8",),
                    opened=("127.0.0.1/32",),
                )
                assert refusal(await watched(spec)).startswith("AddressRefused")
    assert asked == []


async def test_a_redirect_is_followed_a_few_times(mp4: Path):
    with web(
        clip_mp4=mp4,
        moved_mp4=lambda request: request.redirect("/clip.mp4"),
        loop_mp4=lambda request: request.redirect("/loop.mp4"),
    ) as (base, asked):
        story = await watched(Spec(source=f"{base}/moved.mp4", pace="fast"))
        assert len(story.frames) == 150
        story = await watched(Spec(source=f"{base}/loop.mp4"))
    assert "redirects" in refusal(story)
    assert asked.count("/loop.mp4") == 6


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with a few of the faults that files have."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(found))
        match chance.randrange(5):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at : at + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff")
                )
            case 2:
                del found[at : at + chance.randrange(1, 64)]
            case 3:
                found[at:at] = found[at : at + chance.randrange(1, 256)]
            case _:
                found[at : at + 8] = chance.randbytes(8)
    return bytes(found)


ROUNDS = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 6


@pytest.mark.slow
@pytest.mark.timeout(60 + 2 * ROUNDS)
async def test_no_mutated_file_gets_out_of_its_worker(tmp_path, media: Path):
    """Every file is measured, refused, or ends its child; none hangs and none reaches this process."""
    seeds = [
        clips.write(media / f"seed.{kind}", clips.moving(6, 64, 48), codec=codec)
        for kind, codec in (
            ("mp4", "libx264"),
            ("mkv", "libx265"),
            ("ts", "mpeg2video"),
            ("webm", "libvpx-vp9"),
        )
    ]
    chance = random.Random(ROUNDS)  # noqa: S311 - the same faults each time
    ends = list[str]()

    async def one(content: bytes, name: str) -> None:
        async with free:
            path = tmp_path / name
            path.write_bytes(content)
            story = await watched(a_file(path, layers=("motion", "visual"), limits=BOUND))
            ends.append(type(story.last).__name__)
            if isinstance(story.last, Died):
                # FFmpeg may crash; our own code may not.
                assert story.last.cause in {"signal", "cpu", "memory"}, story.last
            path.unlink()

    free = anyio.CapacityLimiter(2)
    async with anyio.create_task_group() as group:
        for index in range(ROUNDS):
            for seed in seeds:
                content = mutated(seed.read_bytes(), chance)
                group.start_soon(one, content, f"{index}{seed.suffix}")
    assert len(ends) == ROUNDS * len(seeds)
    assert "Ended" in ends
