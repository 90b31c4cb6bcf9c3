"""The picture of a session: what is told of a second, and where a later run goes on."""

from hypothesis import given, strategies as st

from v100_ai.alerts import Rule
from v100_ai.events.kinds import FrameAnalysis, SceneCut
from v100_ai.session.picture import Columns, Picture
from v100_ai.session.window import FrameWindow

DARK = Rule(
    name="dark", reading="visual_black_ratio", above=0.9, trigger_seconds=1.0, resolve_seconds=1.0
)


def picture() -> Picture:
    return Picture(FrameWindow("second"), (DARK,))


def columns(numbers: list[int], *, black: float = 0.0) -> Columns:
    return {
        "frame": numbers,
        "pts": [number / 25 for number in numbers],
        "visual_black_ratio": [black] * len(numbers),
    }


def seconds(events: list[object]) -> list[dict[str, object]]:
    return [dict(each.window) for each in events if isinstance(each, FrameAnalysis)]


def test_frames_that_were_dropped_are_gaps_in_the_numbers():
    one = picture()
    events = [*one.take(columns([0, 1, 5, 30])), *one.flush()]
    told = [(each["frame"], each["frames"]) for each in seconds([*events])]
    assert told == [(5, 3), (30, 1)]
    assert one.state["picture"]["frames"] == 31
    assert one.state["picture"]["analysed"] == 4


def test_a_cut_is_told_with_its_second_and_not_before():
    one = picture()
    one.take(columns(list(range(20))), [SceneCut(pts=0.4, frame=10)])
    events = one.take(columns(list(range(20, 30))))
    assert [type(each) for each in events] == [FrameAnalysis, SceneCut]


@given(st.integers(1, 119), st.integers(1, 25))
def test_a_run_cut_anywhere_tells_what_a_whole_one_does(cut: int, step: int):
    """What was not told before the cut is read again, as a file's frames are."""

    def run(*parts: range) -> list[object]:
        told, one = list[object](), picture()
        for part in parts:
            state, one = dict(one.state), picture()
            one.restore(state)
            for start in range(one.frames, part.stop, step):
                numbers = list(range(start, min(start + step, part.stop)))
                told += one.take(columns(numbers, black=1.0 if numbers[0] >= 50 else 0.0))
        return [*told, *one.flush()]

    whole, parted = run(range(120)), run(range(cut), range(120))
    assert [each["frames"] for each in seconds(parted)] == [
        each["frames"] for each in seconds(whole)
    ]
    kinds = [type(each).__name__ for each in parted]
    assert kinds.count("AlertOpened") == 1
