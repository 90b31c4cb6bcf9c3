"""What a stream says of itself is used, and told: each input is made here, as small as it can be."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import v100_ai as v100
from tests import clips
from tests.sources.test_found import read
from v100_ai.sources import InputOptions, open_media


def turned(path: Path, degrees: int, **flips: bool) -> Path:
    """A clip that is to be turned counter-clockwise for display."""
    return clips.write(
        path,
        clips.moving(12, 160, 96),
        prepare=lambda video: video.set_display_rotation(degrees, **flips),
    )


@pytest.mark.parametrize(("degrees", "clockwise"), [(90, 270), (180, 180), (270, 90)])
def test_a_turned_picture_is_measured_as_it_is_shown(degrees, clockwise, tmp_path: Path):
    plain, _, _ = read(clips.write(tmp_path / "plain.mp4", clips.moving(12, 160, 96)))
    path = turned(tmp_path / "turned.mp4", degrees)
    frames, _, _ = read(path)
    with open_media(path) as media:
        assert media.description.rotation == clockwise
    both = [(each[5].planes[0], each[5].height, each[5].width) for each in (frames, plain)]
    luma, upright = (
        np.frombuffer(plane.data, np.uint8).reshape(-1, plane.stride)[:height, :width]
        for plane, height, width in both
    )
    assert np.array_equal(luma, np.rot90(upright, degrees // 90))


def test_flips_are_undone(tmp_path: Path):
    plain, _, _ = read(clips.write(tmp_path / "plain.mp4", clips.moving(12, 160, 96)))
    frames, _, _ = read(turned(tmp_path / "flipped.mp4", 0, hflip=True))
    luma, upright = (
        np.frombuffer(each[2].planes[0].data, np.uint8).reshape(96, -1)[:, :160]
        for each in (frames, plain)
    )
    assert np.array_equal(luma, upright[:, ::-1])


def test_vectors_are_of_the_picture_as_it_is_shown(tmp_path: Path):
    sideways = list(v100.analyze(turned(tmp_path / "turned.mp4", 90), ("vectors",)))
    upright = list(
        v100.analyze(clips.write(tmp_path / "plain.mp4", clips.moving(12)), ("vectors",))
    )
    for turned_, plain in zip(sideways[2:], upright[2:], strict=True):
        assert turned_.motion is not None
        assert plain.motion is not None
        found, expected = turned_.motion.vectors, plain.motion.vectors
        assert found is not None
        assert expected is not None
        assert found.mean_y == pytest.approx(-expected.mean_x, abs=0.15)
        assert abs(found.mean_x) < 0.3


def test_what_a_stream_says_of_itself_is_described(tmp_path: Path):
    def prepare(video):
        video.set_display_rotation(90)
        video.codec_context.sample_aspect_ratio = Fraction(4, 3)

    path = clips.write(
        tmp_path / "said.mp4", clips.moving(3, 160, 96), pixels="yuvj420p", prepare=prepare
    )
    with open_media(path) as media:
        found = media.description.to_json()
        assert len(list(media.frames())) == 3
    expected = {
        "codec": "h264",
        "coded": [160, 96],
        "shown": [96, 213],
        "depth": 8,
        "range": "full",
        "scan": "progressive",
        "sar": "4:3",
        "rotation": 270,
        "rate": 25.0,
        "stream": 0,
        "streams": 1,
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("pixels", ["yuvj420p", "rgb24"])
def test_one_picture_reads_the_same_in_every_range(pixels, tmp_path: Path):
    codec = {"rgb24": "libx264rgb"}.get(pixels, "libx264")
    levels = np.array([0, 0, 60, 100, 140, 180, 255, 255]).repeat(20)
    slope = np.tile(levels, (96, 1))
    pictures = [np.roll(slope, 20 * at, 1).astype(np.uint8) for at in range(3)]
    limited, other = (
        list(
            v100.analyze(
                clips.write(tmp_path / name, pictures, codec=codec_, pixels=format_, quality=0)
            )
        )
        for name, codec_, format_ in (("a.mp4", "libx264", "yuv420p"), ("b.mp4", codec, pixels))
    )
    for name in ("exposure", "contrast", "black_ratio", "clipped_high", "clipped_low"):
        values = [getattr(each[1].visual, name) for each in (limited, other)]
        assert values[1] == pytest.approx(values[0], abs=0.02), name
        assert values[0] > 0.1
    for one, another in ((limited[1], other[1]),):
        assert one.complexity is not None
        assert another.complexity is not None
        assert another.complexity.si == pytest.approx(one.complexity.si, rel=0.03)


def test_one_of_several_streams_is_measured(tmp_path: Path):
    path = tmp_path / "two.mkv"
    with av.open(path, "w") as clip:
        streams: list[Any] = [clip.add_stream("ffv1", rate=25) for _ in range(2)]
        for stream, width in zip(streams, (160, 96), strict=True):
            stream.width, stream.height, stream.pix_fmt = width, 64, "yuv420p"
        for at in range(3):
            for stream in streams:
                picture = av.VideoFrame(stream.width, 64, "yuv420p")
                picture.pts, picture.time_base = at, Fraction(1, 25)
                clip.mux(stream.encode(picture))
        for stream in streams:
            clip.mux(stream.encode(None))
    assert [frame.width for frame in read(path, stream=1)[0]] == [96] * 3
    with open_media(path, read=InputOptions(stream=1)) as media:
        assert (media.description.stream, media.description.streams) == (1, 2)
        assert "video stream 1 of 2" in media.description.words()


def test_light_is_seen_by_the_transfer_that_a_stream_tells(tmp_path: Path):
    def prepare(video):
        video.codec_context.color_trc = 16

    pictures = list(clips.moving(3))
    path = clips.write(tmp_path / "pq.mkv", pictures, codec="ffv1", prepare=prepare)
    with open_media(path) as media:
        assert media.description.dynamic == "HDR (PQ)"
        expected = v100.SiTi(transfer="pq").push(next(media.frames()))
    found = next(iter(v100.analyze(path, ("siti",), siti="p910-2022")))
    assert found.complexity is not None
    assert found.complexity.si == pytest.approx(expected.si, abs=1e-9)
