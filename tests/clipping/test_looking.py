"""What a renderer sees in its source, and the picture that it makes of it."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

from tests.analyzers.drawn import head
from v100_ai.clips.framing import Geometry, Shot
from v100_ai.clips.render.composer import Composer
from v100_ai.clips.render.task import Task
from v100_ai.clips.render.work import Work

RATE = 25


def filmed(path: Path, pictures: Sequence[NDArray[np.uint8]], **options: str) -> Path:
    """Grey pictures one after the other."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "18"} | options)  # fmt: skip
        assert isinstance(video, VideoStream)
        video.height, video.width = pictures[0].shape
        video.pix_fmt = "yuv420p"
        for index, luma in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def framed(source: Path, folder: Path, **more: Any) -> list[dict[str, Any]]:
    """The shots of an upright clip of all of a file."""
    task = Task(source=str(source), folder=str(folder), name="clip", aspects=("9:16",), edge=90, preset="ultrafast", **more)  # fmt: skip
    told = Work(task, lambda stage, share: None).done()
    shots: list[dict[str, Any]] = told["framing"]["9:16"]
    return shots


def person(x: float, seed: int, *, size: float = 100) -> NDArray[np.uint8]:
    return head(x, 110, size, seed=seed)


def middle(shot: dict[str, Any]) -> float:
    return float(shot["x"][0] + shot["size"][0] / 2)


def test_a_crop_is_around_the_face_and_a_cut_of_the_film_is_one_of_the_crop(tmp_path: Path):
    left = [person(90 + 3 * np.sin(i / 9), i) for i in range(45)]
    right = [person(235, i) // 2 + 90 for i in range(45)]
    source = filmed(tmp_path / "in.mp4", left + right)
    first, second = framed(source, tmp_path)
    assert (first["kind"], first["why"], second["why"]) == ("crop", "face", "face")
    assert first["frames"] == [0, 45]
    assert middle(first) == pytest.approx(90, abs=12)
    assert middle(second) == pytest.approx(235, abs=16)


def test_two_faces_far_apart_are_stacked_and_the_gap_between_them_is_not_shown(tmp_path: Path):
    def both(seed: int) -> NDArray[np.uint8]:
        return np.concatenate([person(70, seed)[:, :200], person(250, seed)[:, 120:]], axis=1)

    (shot,) = framed(filmed(tmp_path / "in.mp4", [both(i) for i in range(50)]), tmp_path)
    assert (shot["kind"], shot["why"]) == ("stack", "two faces too far apart")


def test_a_screen_on_which_a_pointer_moves_is_shown_whole(tmp_path: Path):
    def screen(at: int) -> NDArray[np.uint8]:
        page = np.full((240, 320), 235, np.uint8)
        page[30:200:12, 20:300] = 60
        page[100 + at // 2 : 108 + at // 2, 60 + 2 * at : 66 + 2 * at] = 0
        return page

    (shot,) = framed(filmed(tmp_path / "in.mp4", [screen(i) for i in range(50)]), tmp_path)
    assert shot["kind"] == "fit"


def test_what_moves_is_followed_where_there_is_no_face(tmp_path: Path):
    def ball(at: int) -> NDArray[np.uint8]:
        rows, columns = np.mgrid[0:240, 0:320]
        texture = (rows * 7 + (columns + 5 * at) * 13) % 90
        inside = np.abs(columns - 240) < 60
        return np.where(inside, 60 + texture, 120).astype(np.uint8)

    (shot,) = framed(filmed(tmp_path / "in.mp4", [ball(i) for i in range(50)]), tmp_path)
    assert (shot["kind"], shot["why"]) == ("crop", "motion")
    assert middle(shot) == pytest.approx(240, abs=12)


@pytest.mark.parametrize("at", [31, 32, 33, 34])
def test_a_cut_is_found_to_the_frame_where_pictures_between_are_not_looked_at(
    tmp_path: Path, at: int
):
    """Without key frames at cuts, and most pictures ones that no other needs."""
    noise = np.random.default_rng(1).integers(0, 120, (2, 120, 160)).astype(np.uint8)
    pictures = [noise[int(index >= at)] + int(index >= at) * 80 for index in range(60)]
    params = "scenecut=0:keyint=250:bframes=3:b-adapt=0:b-pyramid=none"
    source = filmed(tmp_path / "in.mp4", pictures, **{"x264-params": params})
    shots = framed(source, tmp_path)
    assert [shot["frames"] for shot in shots] == [[0, at], [at, 60]]


@pytest.mark.parametrize("size", [(1280, 720, 720, 1280), (854, 480, 360, 640), (1918, 1080, 606, 1080)])  # fmt: skip
def test_a_crop_that_moves_shows_what_it_was_told_to(size: tuple[int, int, int, int]):
    geometry = Geometry(*size)
    width, height = geometry.crop
    edges = np.concatenate([np.linspace(0, size[0] - width, 40), np.linspace(size[0] - width, 3, 17)])  # fmt: skip
    shot = Shot(0, len(edges), "crop", "", "follow", tuple(edges.tolist()), (0.0,), (width, height))
    ramp = np.linspace(20, 230, size[0])
    luma = np.broadcast_to(np.round(ramp).astype(np.uint8), (size[1], size[0]))
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(luma), format="gray").reformat(format="yuv420p")  # fmt: skip
    picture.pts, picture.time_base = 0, Fraction(1, RATE)
    composer = Composer(geometry)
    for index, edge in enumerate(edges):
        made = composer.compose(picture, shot, index)
        assert (made.width, made.height) == size[2:]
        seen = made.to_ndarray()[: size[3]].mean()
        shown = picture.to_ndarray()[: size[1]].mean(0)
        told = np.interp(edge + np.arange(0, width), np.arange(size[0]), shown).mean()
        # A step is two pixels of the output; samples are rounded besides.
        assert abs(seen - told) < 2 * (210 / size[0]) * (size[1] / size[3]) + 0.35


def test_hdr_is_mapped_by_one_table_whatever_the_shots_are():
    """The scaler's table costs seconds: it is made once for a clip, and not for each of its shots."""
    luma = np.full(
        (96, 160), 594, np.uint16
    )  # 203 cd/m2 of PQ in limited range, which is white on paper (BT.2408)
    luma[:, 80:] = 64
    picture = av.VideoFrame(160, 96, "yuv420p10le")
    for plane, samples in zip(picture.planes, (luma, *[np.full((48, 80), 512, np.uint16)] * 2), strict=True):  # fmt: skip
        rows = np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, -1)
        rows[:, : plane.width] = samples
    picture.color_trc, picture.colorspace, picture.color_primaries, picture.color_range = (
        16,
        9,
        9,
        1,
    )
    picture.pts, picture.time_base = 0, Fraction(1, RATE)
    composer = Composer(Geometry(160, 96, 54, 96))
    white = composer.compose(picture, Shot(0, 1, "crop", "", x=(0.0,), y=(0.0,), size=(54, 96)), 0)
    table = composer._sdr
    whole = composer.compose(picture, Shot(1, 2, "fit", ""), 1)
    assert composer._sdr is table
    for made in (white, whole):
        assert (made.format.name, made.width, made.height) == ("yuv420p", 54, 96)
        blue, red = (np.frombuffer(memoryview(plane), np.uint8) for plane in made.planes[1:])
        assert abs(int(blue[0]) - 128) <= 2
        assert abs(int(red[0]) - 128) <= 2
    assert 150 < white.to_ndarray()[48, 27] <= 235
    front = whole.to_ndarray()[48]
    assert front[5] > 150
    assert front[48] < 40
