from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from v100_ai.director import Reason, View, layout
from v100_ai.director.stage import Policy, Stage

people = st.sampled_from(["ana", "bo", "cy", "di"])
happenings = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.sampled_from(["join", "leave", "floor", "nobody", "motion", "tick"]),
        people,
    ),
    max_size=60,
)


def play(stage: Stage, steps):
    now = 0.0
    for wait, what, who in steps:
        now += wait
        match what:
            case "join":
                event = stage.join(who, at=now)
            case "leave":
                event = stage.leave(who, at=now)
            case "floor":
                event = stage.floor(who, at=now)
            case "nobody":
                event = stage.floor(None, at=now)
            case "motion":
                event = stage.motion(who, 1.0, at=now)
            case _:
                event = stage.tick(at=now)
        yield now, what, who, event


def main(event) -> str | None:
    return event.tiles[0].participant if event and event.tiles else None


def view(stage: Stage) -> str | None:
    return None if stage.current is None else str(stage.current.view)


@given(st.integers(0, 60))
def test_a_grid_shows_everybody_once_without_overlap(count):
    names = [str(i) for i in range(count)]
    tiles = layout.grid(names)
    assert [tile.participant for tile in tiles] == names
    for tile in tiles:
        assert tile.x >= -1e-9
        assert tile.x + tile.width <= 1 + 1e-9
        assert tile.y + tile.height <= 1 + 1e-9
    for one, two in combinations(tiles, 2):
        apart_x = one.x + one.width <= two.x + 1e-9 or two.x + two.width <= one.x + 1e-9
        apart_y = one.y + one.height <= two.y + 1e-9 or two.y + two.height <= one.y + 1e-9
        assert apart_x or apart_y


@given(happenings, st.sampled_from([None, 0.5]))
def test_a_shot_stands_for_its_time_unless_somebody_left(steps, motion_cut):
    stage = Stage(Policy(motion_cut=motion_cut))
    shown_at = None
    for now, what, _, event in play(stage, steps):
        if event is None:
            continue
        if shown_at is not None and what != "leave":
            assert now - shown_at >= stage.policy.shot
        shown_at = now if event.tiles else None


@given(happenings, st.sampled_from([None, 0.5]))
def test_nobody_who_was_cut_away_from_comes_straight_back(steps, motion_cut):
    stage = Stage(Policy(motion_cut=motion_cut, argue_turns=0))
    away: dict[str, float] = {}
    shown = None
    for now, what, who, event in play(stage, steps):
        if what == "leave":
            away.pop(who, None)
        new = main(event)
        if event is None or new == shown:
            continue
        if new is not None and what != "leave":
            assert now - away.get(new, float("-inf")) >= stage.policy.no_return
        if shown is not None and not (what == "leave" and who == shown):
            away[shown] = now
        shown = new


@given(happenings, st.sampled_from([View.SPEAKER, View.GRID, View.SPOTLIGHT]))
def test_only_who_is_there_is_shown(steps, chosen):
    stage, here = Stage(Policy(view=chosen, motion_cut=0.5)), set()
    for _, what, who, _ in play(stage, steps):
        if what in ("join", "floor"):
            here.add(who)
        elif what == "leave":
            here.discard(who)
        if stage.current:
            assert {tile.participant for tile in stage.current.tiles} <= here


def test_the_speaker_is_large_and_the_one_before_stays_as_inset():
    stage = Stage()
    stage.floor("ana", at=0.0)
    event = stage.floor("bo", at=5.0)
    assert event is not None
    assert [tile.participant for tile in event.tiles] == ["bo", "ana"]
    assert event.tiles[1].width < event.tiles[0].width


def test_a_cut_that_had_to_wait_comes_with_time():
    stage = Stage(Policy(shot=2.0))
    stage.floor("ana", at=0.0)
    assert stage.floor("bo", at=1.0) is None
    assert main(stage.tick(at=2.0)) == "bo"


def test_nobody_on_the_floor_leaves_the_screen_as_it_is():
    stage = Stage()
    stage.floor("ana", at=0.0)
    assert stage.floor(None, at=9.0) is None
    assert main(stage.current) == "ana"


def test_two_who_take_the_floor_in_turns_are_shown_side_by_side_and_part_again():
    stage = Stage(Policy(argue_turns=3, argue_within=10.0))
    for at, who in enumerate(["ana", "bo", "ana", "bo"]):
        stage.floor(who, at=at * 2.5)
    assert view(stage) == "side_by_side"
    assert stage.current is not None
    assert stage.current.reason is Reason.ARGUMENT
    stage.tick(at=30.0)
    assert view(stage) == "speaker"


def test_a_third_voice_ends_the_argument():
    stage = Stage(Policy(argue_turns=2, argue_within=20.0))
    for at, who in enumerate(["ana", "bo", "ana"]):
        stage.floor(who, at=at * 3.0)
    assert view(stage) == "side_by_side"
    stage.floor("cy", at=12.0)
    assert view(stage) == "speaker"
    assert main(stage.current) == "cy"


def test_motion_cuts_only_when_asked():
    for limit, shown in ((None, "ana"), (0.8, "bo")):
        stage = Stage(Policy(motion_cut=limit))
        stage.floor("ana", at=0.0)
        stage.join("bo", at=0.0)
        stage.motion("bo", 0.9, at=5.0)
        assert main(stage.current) == shown


def test_a_spotlight_stays_on_its_one_participant():
    stage = Stage(Policy(view=View.SPOTLIGHT, spotlight="ana"))
    stage.join("ana", at=0.0)
    assert stage.floor("bo", at=5.0) is None
    assert main(stage.current) == "ana"


def test_a_joiner_enters_the_grid_at_once():
    stage = Stage(Policy(view=View.GRID))
    stage.join("ana", at=0.0)
    event = stage.join("bo", at=0.1)
    assert event is not None
    assert len(event.tiles) == 2


def test_who_leaves_is_off_the_screen_at_once():
    stage = Stage()
    stage.floor("ana", at=0.0)
    stage.floor("bo", at=5.0)
    assert main(stage.leave("bo", at=5.1)) == "ana"
    event = stage.leave("ana", at=5.2)
    assert event is not None
    assert event.tiles == ()


def test_side_by_side_is_no_policy():
    with pytest.raises(ValueError, match="side by side comes by itself"):
        Policy(view=View.SIDE_BY_SIDE)
