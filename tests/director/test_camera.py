import itertools

import pytest
from hypothesis import given, strategies as st

from v100_ai.director.camera import WHOLE, Camera
from v100_ai.events.speaker import Box, CameraZoom


@st.composite
def faces(draw):
    width, height = draw(st.floats(0.02, 0.9)), draw(st.floats(0.02, 0.9))
    x, y = draw(st.floats(0, 1 - width)), draw(st.floats(0, 1 - height))
    return Box(x=x, y=y, width=width, height=height)


looks = st.lists(
    st.tuples(st.floats(0, 0.5), st.booleans(), st.none() | faces()), min_size=1, max_size=40
)


@given(looks, st.floats(1, 4), st.floats(0, 2))
def test_the_crop_never_leaves_the_picture_and_keeps_its_shape(steps, zoom, seconds):
    camera, now = Camera(participant="ana", zoom=zoom, seconds=seconds), 0.0
    for wait, active, face in steps:
        now += wait
        camera.look(at=now, active=active, face=face)
        assert WHOLE.holds(camera.crop)
        assert camera.crop.width == camera.crop.height > 0


@given(looks)
def test_the_head_stays_in_the_frame_while_the_camera_is_on_it(steps):
    camera, now = Camera(participant="ana"), 0.0
    for wait, active, face in steps:
        now += wait
        camera.look(at=now, active=active, face=face)
        if active and face is not None:
            assert camera.crop.holds(face)


@given(faces())
def test_a_move_is_eased_and_ends(face):
    camera, widths = Camera(participant="ana", seconds=1.0), [1.0]
    for step in range(60):
        camera.look(at=step / 30, active=True, face=face)
        widths.append(camera.crop.width)
    steps = [a - b for a, b in itertools.pairwise(widths)]
    # A smoothstep's steepest slope is 1.5 over its whole way.
    assert max(steps) <= 1.5 / 30 + 1e-9
    assert steps[-1] == 0


def test_a_still_head_makes_no_more_events_once_the_move_is_over():
    camera = Camera(participant="ana", seconds=0.5)
    face = Box(x=0.4, y=0.3, width=0.1, height=0.2)
    events = [camera.look(at=step / 10, active=True, face=face) for step in range(20)]
    assert any(isinstance(event, CameraZoom) for event in events[:7])
    assert events[7:] == [None] * 13


def test_without_a_face_the_centre_is_kept():
    camera = Camera(participant="ana", zoom=2.0, seconds=0.0)
    camera.look(at=0.0, active=True)
    assert camera.crop == Box(x=0.25, y=0.25, width=0.5, height=0.5)


def test_who_stops_talking_is_shown_whole_again():
    camera = Camera(participant="ana", seconds=0.0)
    camera.look(at=0.0, active=True)
    camera.look(at=1.0, active=False)
    assert camera.crop == WHOLE


def test_a_face_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="inside the picture"):
        Camera(participant="ana").look(
            at=0.0, active=True, face=Box(x=0.9, y=0.0, width=0.2, height=0.1)
        )


def test_a_camera_that_shrinks_is_refused():
    with pytest.raises(ValueError, match="zoom from 1"):
        Camera(participant="ana", zoom=0.5)
