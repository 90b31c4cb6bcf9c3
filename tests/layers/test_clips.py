"""Clips of a stream: a moment begins and ends by its scores, becomes a clip between sentences, and is told once."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.layers.opened import Kept
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import Rendered
from v100_ai.errors import RenderFailed, SettingRejected
from v100_ai.events import ClipFailed, ClipOpened, ClipReady, Event, ViralScored
from v100_ai.highlights.model import Segment
from v100_ai.layers.clips.layer import ClipsLayer
from v100_ai.layers.clips.opener import Opener
from v100_ai.layers.clips.resource import Studio
from v100_ai.layers.clips.settings import ClipsSettings
from v100_ai.layers.inputs import ClipAsked, ClipEdited, Input, Recorded, Segments
from v100_ai.layers.layer import Opening, Step
from v100_ai.session.settings import Layers

pytestmark = pytest.mark.anyio


class Staged(Studio):
    """Renders nothing, but tells what it was given; a name that ends in 9 fails."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder, anyio.CapacityLimiter(1), 1 << 30)
        self.asked: list[Task] = []

    async def render(self, task: Task, progress: Any, decisions: Mapping[str, Any]) -> Rendered:
        self.asked.append(task)
        if task.span is not None and task.span[1] > 900:
            raise RenderFailed("expected a range within 900.00 s")
        told = dict(decisions) | {
            "outputs": [{"file": f"{task.name}.mp4"}],
            "words": [],
            "duration": 3.0,
            "later": task.later,
        }
        path = Path(task.folder) / f"{task.name}.json"
        path.write_text(json.dumps(told))
        return Rendered(Path(task.folder), task.name, (path,), told)


def layer(studio: Studio, *, source: str | None = None, **asked: Any) -> ClipsLayer:
    return ClipsLayer.open(
        Opening(
            settings=ClipsSettings(**asked),
            on=("clips",),
            options=Layers(),
            resource=studio,
            clock=lambda: 0.0,
            begins=datetime(2026, 5, 1, tzinfo=UTC),
            session="str_1",
            source=source,
        )
    )


def scored(number: int, score: float) -> Event:
    return ViralScored(
        from_pts=5.0 * number, to_pts=5.0 * number + 5, rank_score=score, viral_score=score, raw=score,
        confidence=0.5, interval80=None, calibration="prior", weights_version="1", factors=(),
    )  # fmt: skip


def said(number: int) -> Segments:
    text = f"Here is sentence {chr(97 + number % 26) * 5} of this long talk about {chr(98 + number % 24) * 6}."
    at = 5.0 * number
    return Segments([Segment(id=str(number), participant="a", start=at, end=at + 4.6, text=text)])


def script(high: Sequence[int], count: int = 60) -> list[Input]:
    inputs: list[Input] = []
    for number in range(count):
        inputs += [said(number), scored(number, 90.0 if number in high else 40.0 + number % 3)]
    return inputs


async def made(held: ClipsLayer, kept: Kept) -> None:
    """Run until nothing waits."""

    async def keep(work: Any) -> None:
        kept.keep(held, work())

    with anyio.fail_after(10):
        await held.run(keep)


def of(kept: Kept, kind: type[Event]) -> list[Any]:
    return [each for each in kept.events if isinstance(each, kind)]


def test_a_moment_begins_above_its_own_past_and_is_over_below_it():
    opener = Opener()
    begun: list[int] = []
    over: list[int] = []
    for number in range(60):
        opener.push(
            5.0 * number, 5.0 * number + 5, 90.0 if 30 <= number < 34 else 40.0 + number % 3
        )
        if opener.opened is not None and not begun:
            begun.append(number)
        if opener.over:
            over.append(number)
            opener.close()
    assert begun
    assert 30 <= begun[0] <= 32
    assert over[:1]
    assert 34 <= over[0] <= 40


async def test_a_moment_that_ranks_high_becomes_a_clip_of_whole_sentences(tmp_path: Path):
    studio, kept = Staged(tmp_path), Kept()
    (tmp_path / "talk.mp4").touch()
    held = layer(studio, source="talk.mp4")
    for each in script([30, 31, 32, 33]):
        kept.keep(held, held.push(each, 0.0))
    kept.keep(held, held.settle(400.0))
    await made(held, kept)
    (opened,) = of(kept, ClipOpened)
    (ready,) = of(kept, ClipReady)
    assert opened.by == "score"
    assert ready.clip == opened.clip == "str_1-1"
    assert 15 <= ready.to_pts - ready.from_pts <= 45
    assert ready.from_pts % 5 == pytest.approx(4.85, abs=0.01)
    assert ready.rank_score > 60
    assert ready.reasons[0].startswith("begins: sentence")
    (task,) = studio.asked
    assert task.source == str(tmp_path / "talk.mp4")
    assert len(task.transcript) > 20
    assert held.counts["ready"] == 1


@pytest.mark.parametrize("cut", [10, 63, 66, 70, 80, 119])
async def test_a_crash_anywhere_tells_each_clip_once(tmp_path: Path, cut: int):
    studio, kept = Staged(tmp_path), Kept()
    (tmp_path / "talk.mp4").touch()
    inputs = script([30, 31, 32, 33])
    held = layer(studio, source="talk.mp4")
    for each in inputs[:cut]:
        _put(held, kept, each)
    held = layer(studio, source="talk.mp4")
    kept.keep(held, held.resume(kept.past(held)))
    for each in inputs[cut:]:
        _put(held, kept, each)
    kept.keep(held, held.settle(400.0))
    await made(held, kept)
    # Killed once more before the session knew: the files are whole, and nothing is rendered again.
    again = layer(studio, source="talk.mp4")
    kept.keep(again, again.resume(kept.past(again)))
    kept.keep(again, again.settle(400.0))
    await made(again, kept)
    assert len(of(kept, ClipOpened)) == len(of(kept, ClipReady)) == 1
    assert len(studio.asked) == 1


def _put(held: ClipsLayer, kept: Kept, given: Input) -> None:
    """As a session does: what is pushed and what it led to are kept together."""
    step = held.push(given, 0.0)
    own: tuple[Event, ...] = ()
    if isinstance(given, Event):
        own = (given,)
    elif isinstance(given, Segments):
        from v100_ai.session.transcript import transcribed  # noqa: PLC0415

        own = tuple(map(transcribed, given.segments))
    kept.keep(held, Step(own) + step)


async def test_a_live_source_is_waited_for_and_its_files_are_joined(tmp_path: Path):
    studio, kept = Staged(tmp_path), Kept()
    held = layer(studio, source="rtsp://camera/1", auto=False)
    for n in range(4):
        kept.keep(held, held.push(Recorded(f"{n:08}.nut", 6.0 * n, 6.0 * n + 6, 2.0, 1000), 0.0))
    kept.keep(held, held.push(ClipAsked("str_1-1", 7.0, 16.0), 0.0))
    kept.keep(held, held.settle(0.0))
    await made(held, kept)
    (task,) = studio.asked
    assert [Path(part).name for part in task.parts] == ["00000001.nut", "00000002.nut"]
    assert (task.later, task.span) == (2.0, (7.0, 16.0))
    kept.keep(held, held.push(ClipAsked("str_1-2", 70.0, 80.0), 0.0))
    await made(held, kept)
    (failed,) = of(kept, ClipFailed)
    assert "still on the disk" in failed.reason


async def test_an_edit_is_rendered_from_the_words_that_the_clip_had(tmp_path: Path):
    studio, kept = Staged(tmp_path), Kept()
    (tmp_path / "talk.mp4").touch()
    held = layer(studio, source="talk.mp4", auto=False)
    kept.keep(held, held.push(said(1), 0.0))
    kept.keep(held, held.push(ClipAsked("str_1-1", 4.0, 10.0), 0.0))
    kept.keep(held, held.settle(0.0))
    await made(held, kept)
    words = held.said(held.clips["str_1-1"])
    # Captions that come late change nothing of what its operations count in.
    kept.keep(held, held.push(Segments([Segment(id="late", participant="a", start=4.1, end=4.9, text="Late words")]), 0.0))  # fmt: skip
    cut = [{"kind": "cut_words", "first": 1, "last": 1}]
    kept.keep(held, held.push(ClipEdited("str_1-1", 1, cut), 0.0))
    await made(held, kept)
    assert [each.version for each in of(kept, ClipReady)] == [0, 1]
    assert [len(task.transcript) for task in studio.asked] == [words, words]
    assert studio.asked[1].edit.version == 1


def test_without_a_folder_for_clips_it_is_said_so():
    with pytest.raises(SettingRejected, match="folder for clips"):
        layer(None)  # type: ignore[arg-type]  # as a service without one has it


@pytest.mark.parametrize(
    "asked",
    [
        {"seconds": (5.0,)},
        {"seconds": (9.0, 2.0)},
        {"aspects": ()},
        {"loudness": 3.0},
        {"keep_minutes": 0.0},
    ],
    ids=str,
)
def test_settings_that_cannot_be_followed_are_refused(asked: dict[str, Any]):
    with pytest.raises(SettingRejected, match="expected"):
        ClipsSettings(**asked)
