"""The picture of a session: what is told of a second, and where a later run goes on."""

from hypothesis import given, strategies as st

from v100_ai.alerts import Rule
from v100_ai.events import Event, FrameAnalysis, SceneCut, ViralScored
from v100_ai.layers.frames.layer import FramesLayer
from v100_ai.layers.inputs import Columns, Frames, Past
from v100_ai.records import Json

DARK = Rule(
    name="dark", reading="visual_black_ratio", above=0.9, trigger_seconds=1.0, resolve_seconds=1.0
)


def picture() -> FramesLayer:
    return FramesLayer("second", (DARK,))


def columns(numbers: list[int], *, black: float = 0.0) -> Columns:
    return {
        "frame": numbers,
        "pts": [number / 25 for number in numbers],
        "visual_black_ratio": [black] * len(numbers),
    }


def seconds(events: list[Event]) -> list[dict[str, object]]:
    return [each.to_json() for each in events if isinstance(each, FrameAnalysis)]


def test_frames_that_were_dropped_are_gaps_in_the_numbers():
    one = picture()
    first = one.push(Frames(columns([0, 1, 5, 30])), 0.0)
    last = one.settle(0.0)
    told = [(each["frame"], each["frames"]) for each in seconds([*first.events, *last.events])]
    assert told == [(5, 3), (30, 1)]
    place = last.state["picture"]
    assert place is not None
    assert (place["frames"], place["analysed"]) == (31, 4)


def test_a_cut_is_told_with_its_second_and_not_before():
    one = picture()
    one.push(Frames(columns(list(range(20))), [SceneCut(pts=0.4, frame=10)]), 0.0)
    events = one.push(Frames(columns(list(range(20, 30)))), 0.0).events
    assert [type(each) for each in events] == [FrameAnalysis, SceneCut]


@given(st.integers(1, 119), st.integers(1, 25))
def test_a_run_cut_anywhere_tells_what_a_whole_one_does(cut: int, step: int):
    """What was not told before the cut is read again, as a file's frames are."""

    def run(*parts: range) -> list[Event]:
        told, state, one = list[Event](), dict[str, Json](), picture()
        for part in parts:
            one = picture()
            one.resume(Past(state=state))
            begin = state["picture"]["frames"] if state else 0
            for start in range(begin, part.stop, step):
                numbers = list(range(start, min(start + step, part.stop)))
                found = one.push(
                    Frames(columns(numbers, black=1.0 if numbers[0] >= 50 else 0.0)), 0.0
                )
                told += found.events
                state |= {key: value for key, value in found.state.items() if value is not None}
        return [*told, *one.settle(0.0).events]

    whole, parted = run(range(120)), run(range(cut), range(120))
    assert [each["frames"] for each in seconds(parted)] == [
        each["frames"] for each in seconds(whole)
    ]
    kinds = [type(each).__name__ for each in parted]
    assert kinds.count("AlertOpened") == 1


def scored(at: float, score: float) -> ViralScored:
    return ViralScored(
        from_pts=at,
        to_pts=at + 5.0,
        rank_score=score,
        viral_score=score,
        raw=score,
        confidence=0.1,
        interval80=None,
        calibration="prior",
        weights_version="1",
        factors=(),
        missing=(),
    )


def test_a_second_has_the_viral_score_that_stood_then():
    one = picture()
    first = one.push(Frames(columns(list(range(26)))), 0.0).events
    for at, score in ((0.0, 40.0), (5.0, 60.0)):
        one.push(scored(at, score), 0.0)
    events = one.push(Frames(columns(list(range(26, 17 * 25)))), 0.0).events
    told = [each["viral_score"] for each in seconds([*first, *events])]
    stood = [None if each is None else each["mean"] for each in told]  # type: ignore[index]
    assert stood == [None] * 10 + [40.0] * 5 + [60.0]


def test_the_picture_of_a_participant_has_no_score_of_the_stream():
    one = picture()
    one.push(scored(0.0, 40.0), 0.0)
    late = {"frame": range(3), "pts": [20.0, 21.0, 22.0]}
    events = one.push(Frames(late, track="ana"), 0.0).events
    assert [each["viral_score"] for each in seconds(list(events))] == [None, None]
