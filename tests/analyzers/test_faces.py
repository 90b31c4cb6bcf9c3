"""Faces from Python: found, given, refused; and what the deepfake layer reads of them."""

import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.analyzers.drawn import head
from v100_ai.analysis import judged
from v100_ai.analyzers import FrameAnalyzer, KnownFaces
from v100_ai.deepfake import SIGNALS, Judge
from v100_ai.errors import FrameRejected
from v100_ai.frames import Frame, Plane
from v100_ai.report.rows import cells, line

STILL = head(160, 115, 110)


def colour(luma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    half = luma[::2, ::2].astype(np.int32)
    return luma, (120 + half // 40).astype(np.uint8), (150 - half // 30).astype(np.uint8)


def test_a_head_is_found_and_its_box_reaches_from_forehead_to_chin():
    analyzer = FrameAnalyzer(["faces"])
    found = [analyzer.push(STILL, at / 25).faces for at in range(12)][-1]
    assert found is not None
    assert len(found) == 1
    face = found[0]
    assert abs(face.left + face.size / 2 - 160) < 8
    assert abs(face.top + face.size / 2 - 115) < 12
    assert 90 < face.size < 130
    assert (face.given, face.tilt) == (False, 0.0)
    assert face.confidence > 0.8


def test_faces_are_none_where_the_layer_is_off_and_empty_where_nobody_is_seen():
    assert FrameAnalyzer(["motion"]).push(STILL, 0.0).faces is None
    wall = np.full((240, 320), 90, np.uint8)
    assert FrameAnalyzer(["faces"]).push(wall, 0.0).faces == ()


def test_ten_bits_have_the_boxes_of_eight():
    eight, ten = FrameAnalyzer(["faces"]), FrameAnalyzer(["faces"])
    deep = STILL.astype(np.uint16) << 2
    a = [eight.push(STILL, at / 25).faces for at in range(12)][-1]
    b = [ten.push(deep, at / 25, bits=10).faces for at in range(12)][-1]
    assert a
    assert b
    assert [(f.left, f.top, f.size) for f in a] == [(f.left, f.top, f.size) for f in b]


@pytest.mark.parametrize(
    "boxes",
    [
        [(float("nan"), 0.1, 0.5, 0.5)],
        [(0.5, 0.1, 0.4, 0.5)],
        [(1.2, 0.1, 1.5, 0.5)],
        [(0.1, 0.1, 0.5, 0.5)] * 1000,
    ],
)
def test_boxes_that_are_none_are_refused_and_nothing_is_lost(boxes):
    analyzer = FrameAnalyzer(["faces"])
    with pytest.raises(FrameRejected, match="expected"):
        analyzer.push(STILL, 0.0, faces=boxes)
    assert analyzer.push(STILL, 0.0).frame == 0


@given(st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 4), max_size=5))
def test_no_boxes_break_it(boxes):
    analyzer = FrameAnalyzer(["deepfake"])
    for at in range(3):
        try:
            analyzer.push(STILL, at / 25, faces=boxes)
        except FrameRejected:
            return


def test_boxes_that_flicker_raise_no_alarm_by_themselves():
    analyzer, judge = FrameAnalyzer(["deepfake"]), Judge()
    box = (0.33, 0.25, 0.67, 0.71)
    for at in range(120):
        # A motion that does not repeat: one that does is a loop.
        luma = head(160 + 8 * np.sin((at / 40) ** 2 + at / 15), 115, 110, seed=at)
        given = [box] if at % 3 else []
        reading = analyzer.push(colour(luma), at / 25, faces=given)
        judgement = judged(judge, reading)
        assert judgement is not None
        score = judgement.score
        assert score is None or score < 0.5


def test_a_row_of_json_has_the_decision_and_the_faces():
    analyzer, judge = FrameAnalyzer(["deepfake"]), Judge()
    rows = []
    for at in range(40):
        luma = head(160 + 6 * np.sin(at / 9), 115, 110, seed=at)
        reading = analyzer.push(colour(luma), at / 25)
        rows.append(cells(reading, at, judged=judged(judge, reading)))
    told = json.loads(line(rows[-1]))
    assert told["deepfake_score"] == rows[-1]["deepfake_score"]
    assert set(told["deepfake"]["signals"]) == set(SIGNALS)
    assert set(told["deepfake"]["signals"]["flicker"]) == {"value", "usual", "z", "triggered"}
    left, top, width, height = told["deepfake"]["face"]
    assert (left, top, width) == pytest.approx((105, 60, 110), abs=14)
    assert width == height
    assert told["faces"][0]["id"] == 0


def test_known_faces_come_with_the_frame_they_belong_to(tmp_path):
    file = tmp_path / "boxes.jsonl"
    rows = [{"pts": pts, "x": 32, "y": 24, "w": 64, "h": 48} for pts in (0.0, 0.04, 0.04)]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n")
    known = KnownFaces.read(file)
    luma = memoryview(bytes(320 * 240))
    frames = [
        Frame(pts=pts, width=320, height=240, format="gray", planes=(Plane(luma, 320),))
        for pts in (0.0, 0.04, 0.08)
    ]
    assert [known.of(frame) for frame in frames] == [
        [(0.1, 0.1, 0.3, 0.3)],
        [(0.1, 0.1, 0.3, 0.3)] * 2,
        None,
    ]


@pytest.mark.parametrize("text", ["{", '{"pts": 1}', '{"pts":0,"x":NaN,"y":0,"w":1,"h":1}', "[1]"])
def test_a_file_that_holds_no_boxes_is_refused_with_the_line(tmp_path, text):
    file = tmp_path / "boxes.jsonl"
    file.write_text(text)
    with pytest.raises(FrameRejected, match="line 1"):
        KnownFaces.read(file)
    with pytest.raises(FrameRejected, match="expected boxes"):
        KnownFaces.read(tmp_path / "none.jsonl")
