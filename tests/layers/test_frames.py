"""The picture of a session: what is told of a second, and where a later run goes on."""

from hypothesis import given, strategies as st

from v100_ai.alerts import Rule
from v100_ai.events import Event, FrameAnalysis, SceneCut
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
