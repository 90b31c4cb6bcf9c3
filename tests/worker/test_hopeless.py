"""A source that can never work ends at once and says why; what may get better is tried again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from tests import clips
from tests.worker.servers import Answer, Asked, web
from tests.worker.watched import a_file, watched
from v100_ai.worker import Limits, Policy, Refused, Spec
from v100_ai.worker.child.sniffing import index_last, refused

pytestmark = pytest.mark.anyio

LIMITS = Limits(opening=10.0, patience=3.0)


def last_of(story: Any) -> Refused:
    assert isinstance(story.last, Refused), story.last
    return story.last


def tried_again(last: Refused) -> bool:
    return Policy().restarts(last, live=True)


def whole(content: bytes) -> Answer:
    """A server that knows no ranges."""

    def give(request: Asked) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return give


def nothing(request: Asked) -> None:
    request.send_response(416)
    request.send_header("Content-Range", "bytes */0")
    request.send_header("Content-Length", "0")
    request.end_headers()


def playlist(*lines: str) -> bytes:
    return "\n".join(["#EXTM3U", "#EXT-X-TARGETDURATION:2", *lines, "#EXT-X-ENDLIST", ""]).encode()


PAGE = b"<!doctype html><title>Camera</title><p>Log in first"
FOREIGN = playlist("#EXTINF:2.0,", "file:///etc/passwd")
LOCKED = playlist('#EXT-X-KEY:METHOD=AES-128,URI="key"', "#EXTINF:2.0,", "a.ts")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (whole(b""), "expected media, found an empty file"),
        (nothing, "expected media, found an empty file"),
        (whole(PAGE), "expected media, found none"),
        (PAGE, "expected media, found none"),
        (FOREIGN, "expected http or https in the playlist, found file"),
        (LOCKED, "expected a playlist that is not encrypted, found AES-128"),
        (lambda request: request.redirect("/clip.mp4"), "expected 5 redirects at most"),
    ],
)
async def test_what_a_server_gives_that_is_never_media_ends_at_once(answer: Any, said: str):
    with web(clip_mp4=answer) as (base, _):
        last = last_of(await watched(Spec(source=f"{base}/clip.mp4", limits=LIMITS)))
    assert said in last.message
    assert not tried_again(last)


@pytest.mark.parametrize("content", [b"", b"no media at all" * 100])
async def test_a_file_that_is_no_media_ends_at_once(tmp_path: Path, content: bytes):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert not tried_again(last_of(await watched(a_file(path))))


async def test_a_size_that_is_refused_ends_at_once(tmp_path: Path):
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", 25)
        stream.width, stream.height, stream.pix_fmt = 16_386, 16, "yuv420p"
        frame = av.VideoFrame(16_386, 16, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    last = last_of(await watched(a_file(path)))
    assert "px, found 16386" in last.message
    assert not tried_again(last)


async def test_an_mp4_whose_index_cannot_be_reached_says_so(tmp_path: Path):
    path = clips.write(tmp_path / "last.mp4", clips.moving(60), codec="libx264")
    content = path.read_bytes()
    index = content.index(b"moov") - 4
    assert content.index(b"mdat") < index
    # Further away than what FFmpeg has in its buffer, however fast it comes.
    content = content[:index] + b"\0\4\0\0free" + bytes((1 << 18) - 8) + content[index:]
    with web(clip_mp4=whole(content), ranged_mp4=content) as (base, _):
        last = last_of(await watched(Spec(source=f"{base}/clip.mp4", limits=LIMITS)))
        assert "found the index at its end" in last.message
        assert not tried_again(last)
        story = await watched(Spec(source=f"{base}/ranged.mp4", pace="fast", limits=LIMITS))
        assert len(story.frames) == 60


def cut(request: Asked) -> None:
    request.begin()
    request.wfile.write(PAGE)


@pytest.mark.parametrize(
    "answer",
    [lambda request: request.send_error(404), lambda request: request.send_error(503), cut],
)
async def test_what_may_get_better_is_tried_again(answer: Callable[[Asked], None]):
    with web(clip_mp4=answer) as (base, _):
        assert tried_again(last_of(await watched(Spec(source=f"{base}/clip.mp4", limits=LIMITS))))


async def test_a_playlist_without_segments_yet_is_tried_again():
    with web(list_m3u8=b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n") as (base, _):
        assert tried_again(last_of(await watched(Spec(source=f"{base}/list.m3u8", limits=LIMITS))))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a.ts", None),
        ("/x/a.ts?y=z:1", None),
        ("https://a.example/a.ts", None),
        ("HTTP://a.example/a.ts", None),
        ("#EXT-X-KEY:METHOD=NONE", None),
        ("# file:///etc/passwd is what a remark may say", None),
        ("subfile,,start,0,end,9,,:/etc/passwd", "subfile"),
        ("concat:/etc/passwd", "concat"),
        ("data:video/mp2t;base64,AAAA", "data"),
        ("crypto+file:///etc/passwd", "crypto"),
        ('#EXT-X-MAP:URI="file:///etc/passwd"', "file"),
        ('#EXT-X-MEDIA:TYPE=AUDIO,URI="rtmp://a.example/x"', "rtmp"),
        ('#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="k"', "SAMPLE-AES"),
    ],
)
def test_what_a_playlist_may_not_lead_to_is_seen(line: str, said: str | None):
    found = refused(playlist(line))
    assert found is None if said is None else said in (found or "")


def test_where_an_index_lies_is_seen_from_the_boxes():
    def box(kind: bytes, size: int = 8) -> bytes:
        return size.to_bytes(4, "big") + kind + bytes(size - 8)

    assert index_last(box(b"ftyp", 24) + box(b"free") + box(b"mdat", 16))
    assert not index_last(box(b"ftyp", 24) + box(b"moov") + box(b"mdat", 16))
    assert not index_last(box(b"mdat", 16))
    assert not index_last(b"")
    assert not index_last(box(b"ftyp", 24) + bytes(16)), "a box without a length"
