"""Freezes are judged by time; what encoders do to a held picture is no motion."""

from pathlib import Path

import numpy as np
import pytest

import v100_ai as v100
from tests import clips
from v100_ai.analysis import signs
from v100_ai.analyzers import FrameAnalyzer
from v100_ai.faults import Fault, Finder, Signs
from v100_ai.frames import Gap
from v100_ai.sources import open_media

STEP = 0.04
MOVING, STILL = 5.0, 0.0


def found(
    *frames: tuple[float, float], gaps: dict[float, Gap] | None = None
) -> list[tuple[str, float, float]]:
    """Kinds, beginnings and ends of what is found in frames of these times and differences."""
    finder, faults = Finder(), []
    for number, (pts, difference) in enumerate(frames):
        told = Signs(difference=difference, black_ratio=0.0, blockiness=0.6 if gaps else 0.0)
        faults += finder.push(number, pts, told, (gaps or {}).get(pts))
    faults += finder.flush()
    return [
        (each.kind, round(each.start, 2), round(each.end, 2))
        for each in faults
        if isinstance(each, Fault)
    ]


def run(start: float, differences: list[float]) -> list[tuple[float, float]]:
    return [(round(start + at * STEP, 4), each) for at, each in enumerate(differences)]


def test_a_picture_that_is_held_because_frames_are_missing_is_frozen():
    frames = run(0.0, [MOVING] * 50) + run(5.0, [MOVING] * 50)
    assert found(*frames) == [("frozen", 1.96, 5.0)]


@pytest.mark.parametrize(
    "refining",
    [
        [0.027, 0.178, 0.175, 0.175, 0.177],
        [0.0, 0.003, 0.006, 0.078, 0.034, 0.022, 0.029, 0.042, 0.022, 0.014, 0.019],
    ],
    ids=["x265 ultrafast", "x264 medium"],
)
def test_an_encoder_that_refines_a_held_picture_does_not_move_it(refining):
    """Differences as those encoders left them, by `FrameAnalyzer` over two and a half held seconds."""
    frames = run(0.0, [MOVING] * 50 + refining + [0.001] * 50 + [MOVING] * 25)
    assert found(*frames) == [("frozen", 1.96, round((50 + len(refining) + 50) * STEP, 2))]


@pytest.mark.parametrize("pace", [0.03, 0.05, 0.1, 0.2, 0.3])
def test_a_slow_motion_is_none_however_slow_it_is(pace):
    assert found(*run(0.0, [MOVING] * 10 + [pace] * 500 + [MOVING] * 10)) == []


def test_a_video_of_few_frames_a_second_is_not_frozen():
    assert found(*[(2.0 * at, MOVING) for at in range(30)]) == []


def test_faults_end_at_a_gap_and_begin_again_behind_it():
    gap = Gap(1.96, 5.0, "no frames for 3.04 s")
    frames = run(0.0, [MOVING] * 50) + run(5.0, [MOVING] * 50)
    assert sorted(found(*frames, gaps={5.0: gap})) == [
        ("blocky", 0.0, 1.96),
        ("blocky", 5.0, 6.96),
        ("frozen", 1.96, 5.0),
    ]


def test_a_clock_that_was_set_is_no_freeze():
    gap = Gap(1.96, 2.0, "the clock jumps from 1.96 to 3600.00 s", held=False)
    frames = run(0.0, [MOVING] * 50) + run(2.0, [MOVING] * 50)
    assert sorted(found(*frames, gaps={2.0: gap})) == [("blocky", 0.0, 1.96), ("blocky", 2.0, 3.96)]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("b.mp4", "libx264", "yuvj420p"),
        ("c.mp4", "libx265", "yuv420p10le"),
        ("d.mkv", "ffv1", "yuv420p"),
    ],
)
def test_a_freeze_is_found_where_it_is_through_every_codec(name, codec, pixels, tmp_path: Path):
    """ffmpeg's freezedetect at n=0.003 tells 0.96 to 3.00 of each (n9.0.2)."""
    pictures = list(clips.moving(75))
    noise = np.random.default_rng(5).integers(-6, 7, (75, 96, 160))
    shown = [*range(25), *[24] * 50, *range(25, 50)]
    noisy = [np.clip(pictures[at] + noise[at], 0, 255).astype(np.uint8) for at in shown]
    path = clips.write(tmp_path / name, noisy, codec=codec, pixels=pixels)
    finder, faults, analyzer = Finder(), [], FrameAnalyzer(("motion", "visual"))
    with open_media(path) as media:
        for number, frame in enumerate(media.frames()):
            faults += finder.push(number, frame.pts, signs(analyzer.push(frame)), frame.gap)
    frozen = [each for each in faults if isinstance(each, Fault) and each.kind == "frozen"]
    assert len(frozen) == 1
    assert frozen[0].start == pytest.approx(0.96, abs=0.2)
    assert frozen[0].end == pytest.approx(3.0, abs=0.2)


def test_a_hole_is_told_by_the_library(tmp_path: Path):
    path = clips.write(tmp_path / "hole.ts", clips.moving(75), times=[*range(50), *range(125, 150)])
    analysis = v100.analyze(path, ("motion",))
    readings = list(analysis)
    assert len(readings) == 75
    (gap,) = analysis.gaps
    assert gap.end - gap.start == pytest.approx(3.04, abs=0.001)
    assert gap.held
