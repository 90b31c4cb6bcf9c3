import io
import socket
from pathlib import Path
from typing import Any

import pytest

from tests import clips
from v100_ai.errors import NotMedia, NoVideo, SourceLost
from v100_ai.sources import open_media
from v100_ai.sources.thumbnail import thumbnail
from v100_ai.sources.words import shown


class Unseekable(io.BytesIO):
    """Bytes that only come once, as on a pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def read(source: str | Path, **options: Any) -> list[Any]:
    """The frames' times until the input ends, and the error it ends with."""
    times: list[Any] = []
    try:
        with open_media(source, **options) as media:
            times.extend(frame.pts for frame in media.frames())
    except SourceLost as lost:
        times.append(lost)
    return times


@pytest.mark.parametrize(("name", "count"), [("mp4", 150), ("webm", 30), ("ten_bit", 30)])
def test_a_whole_clip_gives_all_its_frames(name, count, request):
    times = read(request.getfixturevalue(name))
    assert times == [pytest.approx(index / clips.RATE, abs=1e-3) for index in range(count)]


def test_deep_pictures_stay_deep(ten_bit: Path):
    with open_media(ten_bit) as media:
        assert next(media.frames()).format == "yuv420p10le"


@pytest.mark.parametrize("name", ["truncated", "broken_webm"])
def test_what_a_broken_file_still_holds_comes_before_its_error(name, request):
    *times, lost = read(request.getfixturevalue(name))
    assert len(times) >= 5
    assert type(lost) is SourceLost
    assert "ends after" in lost.reason


def test_a_file_cut_within_its_index_is_no_media(media: Path, mp4: Path):
    path = media / "no-index.mp4"
    path.write_bytes(mp4.read_bytes()[:400])
    assert [type(each) for each in read(path)] == [NotMedia]


def test_damage_in_the_middle_is_stepped_over_and_told(media: Path, truncated: Path):
    content = bytearray((media / "whole.mp4").read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 600] = b"\xff" * 600
    path = media / "damaged.mp4"
    path.write_bytes(content)
    *times, lost = read(path)
    assert len(times) > 40
    assert "damaged" in lost.reason


def test_sound_alone_is_no_video(sound_only: Path):
    assert [str(each) for each in read(sound_only)] == [
        f"{sound_only}: expected a video stream, found audio"
    ]
    assert type(read(sound_only)[0]) is NoVideo


def test_a_codec_nobody_knows_is_no_video(media: Path, mp4: Path):
    path = media / "unknown.mp4"
    path.write_bytes(mp4.read_bytes().replace(b"avc1", b"zzz1"))
    assert [type(each) for each in read(path)] == [NoVideo]


def test_frames_begin_at_the_key_frame_before_the_time_that_is_sought(mp4: Path):
    with open_media(mp4) as media:
        assert media.indexed
        media.seek(3.5)
        times = [frame.pts for frame in media.frames()]
    assert 0.0 < times[0] <= 3.5
    assert times[-1] == pytest.approx(149 / 25)
    assert media.finished


@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 40], ids=["empty", "garbage"])
def test_what_is_no_media_says_so(content, tmp_path):
    path = tmp_path / "thing.mp4"
    path.write_bytes(content)
    assert [type(each) for each in read(path)] == [NotMedia]


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "nowhere.mp4"
    assert [str(each) for each in read(path)] == [f"{path}: no such file or directory"]


@pytest.mark.parametrize(("bits", "name"), [(8, "yuv420p"), (10, "yuv420p10le")])
def test_y4m_is_read_from_a_pipe(bits, name):
    pipe = io.BufferedReader(Unseekable(clips.y4m(clips.moving(5), bits)))
    with open_media("-", stdin=pipe) as media:
        frames = list(media.frames())
    assert [frame.format for frame in frames] == [name] * 5


@pytest.mark.parametrize("missing", [1, 1000])
def test_a_pipe_that_breaks_within_a_frame_is_lost(missing):
    content = clips.y4m(clips.moving(5))
    *times, lost = read("-", stdin=io.BytesIO(content[:-missing]))
    assert len(times) == 4
    assert lost.reason == "ends within frame 4"


def test_an_empty_pipe_is_no_media():
    assert [type(each) for each in read("-", stdin=io.BytesIO(b""))] == [NotMedia]


def test_a_server_nobody_answers_at_is_an_error():
    assert [type(each) for each in read("http://127.0.0.1:9/talk.mp4")] == [NotMedia]


def test_a_server_that_falls_silent_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (lost,) = read(f"http://127.0.0.1:{port}/talk.mp4", timeout=0.2)
    assert type(lost) is NotMedia
    assert lost.reason == "nothing came for 0.2 s"


def test_a_stream_without_times_goes_on_at_its_rate(two_sizes: Path):
    times = read(two_sizes)
    assert times == [pytest.approx(index / clips.RATE, abs=1e-3) for index in range(20)]


def test_a_password_is_not_shown():
    assert shown("rtsp://ana:secret@camera/1") == "rtsp://camera/1"


def test_a_change_of_size_goes_on(two_sizes: Path):
    with open_media(two_sizes) as media:
        shapes = [(frame.width, frame.height) for frame in media.frames()]
    assert shapes == [(160, 96)] * 10 + [(96, 64)] * 10


def test_a_thumbnail_is_a_small_jpeg(mp4: Path):
    with open_media(mp4) as media:
        jpeg = thumbnail(next(media.frames()))
    assert jpeg is not None
    assert jpeg.startswith(b"\xff\xd8\xff")
    assert 500 < len(jpeg) < 30_000
