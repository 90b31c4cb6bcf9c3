"""The camera stands still for who sits still, never moves across a cut, and shows no gap between two faces."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from v100_ai.clips.framing import (
    Box,
    Evidence,
    Geometry,
    Moved,
    Seen,
    Shot,
    Turn,
    evidence_from,
    shots,
    way,
)
from v100_ai.errors import SettingRejected

WIDE = Geometry(1920, 1080, 1080, 1920)
CROP = WIDE.crop[0]
FRAMES: list[float] = np.arange(0, 20, 1 / 30).tolist()


def track(
    at: np.ndarray, middle: np.ndarray, seed: int, *, high: float = 0.4, name: str = ""
) -> list[Seen]:
    """A face as a detector finds it: 12 px of noise, one in twenty elsewhere, one in ten not at all."""
    rng = np.random.default_rng(seed)
    found = []
    for when, true in zip(at, middle, strict=True):
        if rng.random() < 0.1:
            found.append(Seen(float(when), ()))
            continue
        x = rng.uniform(200, 1700) if rng.random() < 0.05 else true + rng.normal(0, 12)
        found.append(Seen(float(when), (Box(x / 1920 - 0.06, high - 0.1, 0.12, 0.2, name),)))
    return found


AT = np.arange(0, 20, 0.25)


def swaying(seed: int) -> np.ndarray:
    rng = np.random.default_rng(100 + seed)
    middle: np.ndarray = 900 + 25 * np.sin(AT * rng.uniform(0.5, 2)) + rng.uniform(-300, 300)
    return middle


def centres(shot: Shot, count: int) -> np.ndarray:
    edges = np.array(shot.x if len(shot.x) > 1 else shot.x * count)
    middle: np.ndarray = edges + shot.size[0] / 2
    return middle


@pytest.mark.parametrize("seed", range(8))
def test_a_still_speaker_is_not_panned(seed: int):
    middle = swaying(seed)
    (shot,) = shots(FRAMES, WIDE, Evidence(faces=tuple(track(AT, middle, seed))))
    assert (shot.kind, shot.mode, len(shot.x)) == ("crop", "still", 1)
    away = np.abs(np.interp(FRAMES, AT, middle) - centres(shot, len(FRAMES)))
    assert (away <= CROP / 4).mean() >= 0.97


@pytest.mark.parametrize("seed", range(8))
def test_one_who_walks_is_followed_calmly(seed: int):
    rng = np.random.default_rng(seed)
    middle = 500 + 45 * AT if seed % 2 else 960 + 420 * np.sin(AT * rng.uniform(0.3, 0.5))
    (shot,) = shots(FRAMES, WIDE, Evidence(faces=tuple(track(AT, middle, seed))))
    assert shot.mode == ("pan" if seed % 2 else "follow")
    path = centres(shot, len(FRAMES))
    accelerations = np.diff(path, 2)
    assert np.sqrt((accelerations**2).mean()) <= 0.2
    away = np.abs(np.interp(FRAMES, AT, middle) - path)
    assert (away <= CROP / 4).mean() >= 0.97


def test_nothing_moves_across_a_cut():
    left, right = track(AT[AT < 10], np.full((AT < 10).sum(), 500.0), 1), track(AT[AT >= 10], np.full((AT >= 10).sum(), 1400.0), 2)  # fmt: skip
    made = shots(FRAMES, WIDE, Evidence(faces=(*left, *right), cuts=(10.0,)))
    assert [(shot.first, shot.last, shot.mode) for shot in made] == [
        (0, 300, "still"),
        (300, 600, "still"),
    ]
    assert made[1].x[0] - made[0].x[0] == pytest.approx(900, abs=20)


def both(at: np.ndarray, apart: float) -> list[Seen]:
    boxes = (
        Box(0.5 - apart / 2 - 0.05, 0.3, 0.1, 0.18, "A"),
        Box(0.5 + apart / 2 - 0.05, 0.3, 0.1, 0.18, "B"),
    )
    return [Seen(float(each), boxes) for each in at]


def test_who_speaks_is_shown_and_changes_are_cuts_that_are_not_too_close():
    turns = (Turn(0.0, "A"), Turn(6.0, "B"), Turn(6.5, "A"), Turn(7.0, "B"), Turn(12.0, "A"))
    made = shots(FRAMES, WIDE, Evidence(faces=tuple(both(AT, 0.6)), turns=turns))
    assert [shot.why for shot in made] == ["face of A", "face of B", "face of A"]
    assert [shot.first for shot in made] == [0, 180, 360]
    assert {shot.mode for shot in made} == {"still"}
    assert made[0].x[0] < 600 < made[1].x[0]


def test_the_gap_between_two_faces_is_never_shown():
    (apart,) = shots(FRAMES, WIDE, Evidence(faces=tuple(both(AT, 0.6))))
    assert apart.kind == "stack"
    for x, middle in zip(apart.x, (0.2 * 1920, 0.8 * 1920), strict=True):
        assert x + apart.size[0] * 0.25 <= middle <= x + apart.size[0] * 0.75
    (near,) = shots(FRAMES, WIDE, Evidence(faces=tuple(both(AT, 0.15))))
    assert (near.kind, near.why) == ("crop", "2 faces that fit")
    square = Geometry(1920, 1080, 1080, 1080)
    (fit,) = shots(FRAMES, square, Evidence(faces=tuple(both(AT, 0.8))))
    assert fit.kind == "fit"


def moving(x: float, area: float, held: float) -> Evidence:
    return Evidence(motion=tuple(Moved(float(at), x, area, held) for at in AT))


def test_motion_says_where_to_look_where_no_face_does_and_a_screen_is_shown_whole():
    (moved,) = shots(FRAMES, WIDE, moving(0.7, 0.2, 0.9))
    assert (moved.kind, moved.why) == ("crop", "motion")
    assert moved.x[0] == pytest.approx(0.7 * 1920 - CROP / 2, abs=2)
    for screen in (moving(0.5, 0.01, 1.0), moving(0.5, 0.6, 0.3), Evidence()):
        assert [shot.kind for shot in shots(FRAMES, WIDE, screen)] == ["fit"]


def test_what_is_of_the_aspect_already_or_asked_for_is_not_looked_at():
    same = Geometry(1080, 1920, 720, 1280)
    assert [shot.kind for shot in shots(FRAMES, same, moving(0.2, 0.5, 0.9))] == ["whole"]
    (asked,) = shots(FRAMES, WIDE, moving(0.2, 0.5, 0.9), framing="center")
    assert asked.x[0] == pytest.approx((1920 - CROP) / 2)
    assert shots(FRAMES, WIDE, moving(0.2, 0.5, 0.9), framing="fit")[0].kind == "fit"


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=40),
    st.floats(0.05, 0.9),
)
def test_any_positions_give_a_camera_within_them(positions: list[float], crop: float):
    at = [0.25 * i for i in range(len(positions))]
    frames = np.arange(0, 0.25 * len(positions), 1 / 25).tolist()
    made = way(at, positions, frames, crop)
    assert len(made.centre) == len(frames)
    assert np.isfinite(made.centre).all()
    margin = 0.25 * crop + 1e-6
    assert (
        min(positions) - margin <= made.centre.min() <= made.centre.max() <= max(positions) + margin
    )


def test_evidence_comes_back_from_its_json_and_what_is_none_is_refused():
    evidence = Evidence((Seen(0.5, (Box(0.1, 0.2, 0.3, 0.4, "A"),)),), (Turn(0.1, "A"),), (2.0,))
    assert evidence_from(evidence.to_json()) == evidence
    for wrong in ({"faces": [[0, [[1, 2]]]]}, {"turns": [3]}, {"cuts": ["x"]}):
        with pytest.raises(SettingRejected, match="expected faces"):
            evidence_from(wrong)
