"""What people's own files ran into: each input is made here, as small as it can be."""

import io
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import av
import pytest

import v100_ai as v100
from tests import clips
from v100_ai.cli import main
from v100_ai.errors import NotMedia, NoVideo, OutOfMemory, SettingRejected, SourceLost
from v100_ai.sources import InputOptions, Media, open_media


def read(source: str | Path, threads: int = 0, **options: Any) -> tuple[list[Any], Media, str]:
    """The frames, the input they came from, and what was told at its end."""
    frames: list[Any] = []
    reason = ""
    with open_media(source, threads=threads, read=InputOptions(**options)) as media:
        try:
            frames.extend(media.frames())
        except SourceLost as lost:
            reason = lost.reason
    return frames, media, reason


def times(frames: list[Any]) -> list[float]:
    return [round(frame.pts * clips.RATE, 2) for frame in frames]


def with_zeros(path: Path, to: Path, share: tuple[float, float]) -> Path:
    """The MP4 with that stretch of its samples set to zero."""
    content = bytearray(path.read_bytes())
    begin, end = content.find(b"mdat") + 4, content.find(b"moov") - 4
    from_, until = (begin + round(each * (end - begin)) for each in share)
    content[from_:until] = bytes(until - from_)
    to.write_bytes(content)
    return to


@pytest.fixture(scope="module")
def four(tmp_path_factory) -> Path:
    """Four seconds of 25 frames from key frame to key frame."""
    path = tmp_path_factory.mktemp("found") / "four.mp4"
    return clips.write(
        path, clips.moving(100), prepare=lambda video: setattr(video, "gop_size", 25)
    )


def test_input_of_which_nothing_can_be_decoded_is_lost(four: Path, tmp_path: Path):
    path = with_zeros(four, tmp_path / "zeroed.mp4", (0.0, 1.0))
    frames, _, reason = read(path)
    assert (frames, reason) == ([], "0 of 100 frames could be decoded")
    with pytest.raises(SourceLost, match="0 of 100 frames"):
        list(v100.analyze(path))
    with pytest.raises(SourceLost, match="0 of 100 frames"):
        v100.quality(path, path).summary()


def test_a_lost_head_is_told_with_its_time_and_count(four: Path, tmp_path: Path):
    frames, media, reason = read(with_zeros(four, tmp_path / "head.mp4", (0.0, 0.7)))
    assert times(frames) == [75.0 + at for at in range(25)]
    assert reason == "75 of 100 frames are damaged or could not be decoded: 0.00 to 3.00 s"
    assert sum(loss.count for loss in media.losses) == 75


def test_a_lost_middle_is_told_with_its_time_and_count(four: Path, tmp_path: Path):
    frames, media, reason = read(with_zeros(four, tmp_path / "middle.mp4", (0.35, 0.6)))
    assert 60 < len(frames) < 90
    assert "could not be decoded: 1." in reason
    assert sum(loss.count for loss in media.losses) + len(frames) == 100


def test_a_stream_joined_between_key_frames_is_measured_and_told(four: Path, tmp_path: Path):
    content = copied(four, tmp_path / "whole.ts", lambda _, packet: packet).read_bytes()
    (tmp_path / "joined.ts").write_bytes(content[len(content) // 8 // 188 * 188 :])
    frames, media, reason = read(tmp_path / "joined.ts")
    assert len(frames) == 75
    assert reason == ""
    assert len(media.notes) == 1
    assert media.notes[0].startswith("joined between two key frames: the first ")


def copied(path: Path, to: Path, take: Callable[[int, Any], Any]) -> Path:
    """A copy of the packets that `take` returns, given how many key frames came so far, and each packet."""
    with av.open(path) as source, av.open(to, "w") as clip:
        stream = clip.add_stream_from_template(source.streams.video[0])
        keys = 0
        for packet in source.demux(video=0):
            keys += packet.is_keyframe and packet.size > 0
            taken = None if packet.dts is None else take(keys, packet)
            if taken is not None:
                taken.stream = stream
                clip.mux(taken)
    return to


def test_a_file_cut_in_an_open_group_of_pictures_is_measured_and_told(tmp_path: Path):
    """Pictures that are shown before its first key frame lean on what was cut away; its times begin late."""

    def open_groups(video):
        video.options = {"x264-params": "open-gop=1:keyint=20:min-keyint=20:bframes=3:b-adapt=0"}

    whole = clips.write(tmp_path / "whole.mkv", clips.moving(60), prepare=open_groups)
    cut = copied(whole, tmp_path / "cut.mkv", lambda keys, packet: packet if keys > 1 else None)
    frames, media, reason = read(cut)
    assert times(frames) == list(range(20, 60))
    assert reason == ""
    assert len(media.notes) == 1
    assert media.notes[0].startswith("joined between two key frames: the first ")


def test_what_an_edit_list_hides_is_not_counted(four: Path, tmp_path: Path):
    def earlier(_: int, packet: Any) -> Any:
        packet.pts, packet.dts = (each - 18 * packet.duration for each in (packet.pts, packet.dts))
        return packet

    path = copied(four, tmp_path / "trimmed.mp4", earlier)
    with open_media(path) as media:
        assert (media.stream.frames, media.count) == (100, 82)
    frames, _, reason = read(path)
    assert (len(frames), reason) == (82, "")
    whole = v100.quality(path, four, metrics=("psnr",), align="frame")
    assert whole.alignment.paired == 82
    assert not any("never compared" in line for line in whole.warnings)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mxf", "libx264"),
        ("b.avi", "mpeg4"),
        ("c.webm", "libvpx"),
        ("d.ivf", "libvpx-vp9"),
        ("e.h264", "libx264"),
        ("f.ts", "mpeg2video"),
        ("g.mkv", "ffv1"),
        ("h.gif", "gif"),
    ],
)
def test_nothing_is_lost_of_a_healthy_input(name, codec, tmp_path: Path):
    """Some containers have times of their own for packets, some codecs packets that are never shown."""
    pixels = {"gif": "gray"}.get(codec, "yuv420p")

    def prepare(video):
        if codec != "gif":
            video.codec_context.max_b_frames = 2

    path = clips.write(
        tmp_path / name, clips.moving(40), codec=codec, pixels=pixels, prepare=prepare
    )
    frames, media, reason = read(path)
    assert (len(frames), reason, media.notes) == (40, "", [])


@pytest.mark.parametrize("threads", [1, 0])
def test_pictures_in_the_decoder_of_a_broken_input_are_counted(threads, tmp_path: Path):
    whole = clips.write(
        tmp_path / "whole.mp4",
        clips.moving(60, 320, 192),
        options={"movflags": "faststart"},
        prepare=lambda video: setattr(video, "gop_size", 20),
    )
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    frames, _, reason = read(cut, threads=threads)
    assert "ends after" in reason
    with av.open(cut) as alone:
        alone.streams.video[0].thread_type = "SLICE"
        expected = 0
        for packet in alone.demux(video=0):
            try:
                expected += len(packet.decode())
            except av.FFmpegError:
                continue
    assert len(frames) == expected


def test_a_cover_is_no_video(tmp_path: Path):
    path = tmp_path / "song.mp4"
    with av.open(path, "w") as clip:
        cover: Any = clip.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        clip.mux(cover.encode(av.VideoFrame(64, 48, "yuvj420p")))
        clip.mux(cover.encode(None))
    with pytest.raises(NoVideo, match="only a cover picture"), open_media(path):
        pass


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>" * 30, "found a web page"),
        (b'{"error": "gone"}' * 40, "found JSON"),
        (bytes(9000), "found zeros"),
    ],
)
def test_what_is_no_media_is_called_what_it_is(content, reason, tmp_path: Path):
    path = tmp_path / "thing.mp4"
    path.write_bytes(content)
    with pytest.raises(NotMedia, match=reason), open_media(path):
        pass


def test_a_file_that_asks_for_too_much_memory_is_lost(four: Path, tmp_path: Path):
    """A table of times with 2,147,483,647 entries, as a flipped bit leaves it."""
    content = bytearray(four.read_bytes())
    at = content.find(b"stts") + 8
    content[at : at + 4] = (2**31 - 1).to_bytes(4, "big")
    path = tmp_path / "huge.mp4"
    path.write_bytes(content)
    with pytest.raises(OutOfMemory, match="asks for more memory than there is"):
        list(v100.analyze(path))
    assert main(["analyze", str(path)]) == 1


def test_a_recording_that_was_cut_off_says_so(four: Path, tmp_path: Path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(four.read_bytes()[:9000])
    with pytest.raises(NotMedia, match="no index"), open_media(path):
        pass


@pytest.mark.parametrize("name", ["12:30:05 cam.mp4", "a" * 240 + ".mp4", "bad\udcff.mp4"])
def test_a_file_is_a_file_whatever_its_name(name, four: Path, tmp_path: Path):
    path = tmp_path / name
    shutil.copy(four, path)
    assert len(read(path)[0]) == len(read(str(path))[0]) == 100


def test_frames_of_y4m_may_have_headers_of_any_length():
    stream, *frames = clips.y4m(clips.moving(5)).split(b"FRAME\n")
    content = stream + b"".join(
        chain.from_iterable(
            (b"FRAME" + b" Xnote" * (at % 2), b"\n", frame) for at, frame in enumerate(frames)
        )
    )
    for cut, reason, expected in ((0, "", 5), (100, "ends within frame 4", 4)):
        with open_media("-", stdin=io.BytesIO(content[: len(content) - cut])) as media:
            count, told = 0, ""
            try:
                for _ in media.frames():
                    count += 1
            except SourceLost as lost:
                told = lost.reason
        assert (told, count) == (reason, expected)


def piped(content: bytes) -> int:
    """The frames of what comes on standard input, once."""
    with open_media("-", stdin=io.BufferedReader(Once(content))) as media:
        return sum(1 for _ in media.frames())


def test_a_container_comes_through_standard_input(four: Path, webm: Path):
    assert piped(webm.read_bytes()) == 30
    with pytest.raises(SourceLost, match="index at the end"):
        piped(four.read_bytes())
    with pytest.raises(NotMedia, match="expected Y4M on standard input"):
        piped(b"hello there, this is text\n" * 90)


class Once(io.BytesIO):
    """Bytes that come only once."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_a_part_of_an_input_is_read(four: Path):
    frames, _, reason = read(four, start=1.5, duration=1.0)
    assert times(frames) == [37.5 + at + 0.5 for at in range(25)]
    assert reason == ""
    assert times(read(four, every=30)[0]) == [0, 30, 60, 90]


def test_raw_video_is_read_by_its_size(tmp_path: Path):
    pictures = list(clips.moving(4))
    path = tmp_path / "raw.bin"
    path.write_bytes(b"".join(each.tobytes() for each in pictures))
    frames, _media, _ = read(path, size=(160, 96), pix_fmt="gray", rate=10.0)
    assert [frame.pts for frame in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert bytes(memoryview(frames[3].planes[0].data))[:160] == pictures[3][0].tobytes()


def test_images_have_the_rate_that_is_given(tmp_path: Path):
    for at, picture in enumerate(clips.moving(3)):
        av.VideoFrame.from_ndarray(picture, format="gray").save(tmp_path / f"{at}.png")
    assert [frame.pts for frame in read(tmp_path / "%d.png", rate=2.0)[0]] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"every": 0}, "every from 1, found 0"),
        ({"duration": 0.0}, "duration above 0"),
        ({"stream": -1}, "stream from 0"),
        ({"pix_fmt": "yuv420p"}, "the size of raw video"),
        ({"size": (8, 8), "pix_fmt": "smell"}, "found smell"),
        ({"format": "smell"}, "found smell"),
        ({"options": {"rtsp_trasport": "tcp"}}, "found rtsp_trasport"),
    ],
)
def test_options_that_cannot_be_are_refused_at_once(given, message):
    with pytest.raises(SettingRejected, match=message):
        v100.analyze("nowhere.mp4", **given)


def test_options_reach_the_protocol_and_the_decoder(four: Path):
    assert len(read(four, options={"rtsp_transport": "tcp"})[0]) == 100
    # The others lean on no other picture.
    assert len(read(four, options={"skip_frame": "noref"})[0]) < 100


def test_a_rate_is_not_for_what_has_times(four: Path):
    with pytest.raises(SettingRejected, match="times of their own"):
        read(four, rate=10.0)


def test_a_stream_that_is_not_there_is_told(four: Path):
    with pytest.raises(NoVideo, match="expected video stream 2, found 1"):
        read(four, stream=2)


def test_fields_are_frames_of_their_own_when_that_is_asked_for(tmp_path: Path):
    def interlaced(video):
        video.options = {"x264-params": "tff=1"}

    path = clips.write(tmp_path / "fields.ts", clips.moving(10), prepare=interlaced)
    with open_media(path) as media:
        assert media.description.scan == "interlaced, top first"
    assert len(read(path)[0]) == 10
    assert len(read(path, deinterlace=True)[0]) == 20
