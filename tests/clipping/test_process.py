"""A renderer in its process: limits that hold, what it says when it cannot, and files that are whole or not there."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clipping import marked
from v100_ai.clips.editing import edit, opened
from v100_ai.clips.making import clips, scored as scored_by
from v100_ai.clips.render.process import Cancelled, Renderer, renderer
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import aside_of, removed, rendered
from v100_ai.errors import (
    EditRejected,
    GlyphMissing,
    NotMedia,
    RenderFailed,
    SettingRejected,
)
from v100_ai.viral import Moment as Scored
from v100_ai.words import Transcript, placed
from v100_ai.worker.spec import MIB, Limits

SAID = "One two um three four. Five six, and seven eight. Nine ten were said at last."


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marked.flashes(tmp_path_factory.mktemp("talk") / "talk.mp4", seconds=6.0)


@pytest.fixture
def task(source: Path, tmp_path: Path) -> Task:
    return Task(
        source=str(source),
        folder=str(tmp_path / "made"),
        name="clip",
        preset="ultrafast",
        span=(0.5, 2.5),
        transcript=Transcript(placed(SAID, 0.3, 5.5)),
    )


def test_a_clip_is_made_with_what_lies_beside_it_and_tells_its_progress(task: Task):
    told: list[tuple[str, float]] = []
    made = rendered(
        task, progress=lambda *each: told.append(each), decisions={"choice": {"why": 1}}
    )
    names = sorted(path.name for path in made.folder.iterdir())
    assert names == ["clip.jpg", "clip.json", "clip.mp4", "clip.srt", "clip.vtt"]
    assert made.thumbnail == made.folder / "clip.jpg"
    assert [path.suffix for path in made.captions] == [".srt", ".vtt"]
    written = json.loads((made.folder / "clip.json").read_text())
    assert written == json.loads(json.dumps(dict(made.decisions)))
    assert written["choice"] == {"why": 1}
    assert written["loudness"]["target"] == -14.0
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert {stage for stage, _ in told} <= {"listening", "looking", "sound", "picture", "checking"}
    removed(made.folder, "clip")
    assert list(made.folder.iterdir()) == []


def test_what_a_killed_renderer_left_is_begun_again(task: Task):
    pids: list[int] = []

    def kill(worker: Renderer) -> None:
        pids.append(worker.process.pid)
        threading.Timer(0.9, os.kill, (worker.process.pid, signal.SIGKILL)).start()

    with pytest.raises(RenderFailed, match="exit status -9"):
        rendered(task.of(source=str(longer(task)), span=None), begun=kill)
    folder = Path(task.folder)
    assert list(folder.iterdir()) == []
    # One that died with its parent leaves its files where they were made.
    aside_of(folder, "clip").mkdir()
    (aside_of(folder, "clip") / "clip.mp4").write_bytes(b"half")
    made = rendered(task)
    assert not aside_of(folder, "clip").exists()
    assert made.file.stat().st_size > 1000


def longer(task: Task) -> Path:
    return marked.flashes(Path(task.folder).parent / "longer.mp4", seconds=40.0, size=(640, 360))


def test_a_clip_that_nobody_wants_any_more_is_ended(task: Task):
    def cancel(worker: Renderer) -> None:
        threading.Timer(0.5, worker.cancel).start()

    with pytest.raises(Cancelled):
        rendered(task.of(source=str(longer(task)), span=None), begun=cancel)
    assert list(Path(task.folder).iterdir()) == []


def test_errors_of_the_renderer_are_those_of_the_package(task: Task, tmp_path: Path):
    (tmp_path / "none.mp4").write_bytes(b"no media at all")
    with pytest.raises(NotMedia) as refused:
        rendered(task.of(source=str(tmp_path / "none.mp4")))
    assert str(refused.value).count("none.mp4") == 1
    with pytest.raises(GlyphMissing, match=r"U\+4ECA"):
        rendered(task.of(transcript=Transcript(placed("今日", 0.6, 1.0))))
    with pytest.raises(SettingRejected, match="expected a font"):
        rendered(task.of(font=str(tmp_path / "none.mp4")))
    with pytest.raises(RenderFailed, match="expected a range within"):
        rendered(task.of(span=(100.0, 101.0)))
    assert list(Path(task.folder).iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(memory=40 * MIB, opening=60, silence=60), "memory|exit status|Cannot allocate"),
        (Limits(memory=2048 * MIB, opening=0.01, silence=60), "stopped saying anything"),
    ],
    ids=["memory", "silence"],
)
def test_a_limit_ends_it_and_says_which(task: Task, limits: Limits, why: str):
    with pytest.raises(RenderFailed, match=why):
        rendered(task.of(limits=limits))


def test_a_file_that_grows_too_large_is_refused(task: Task):
    with pytest.raises(RenderFailed):
        rendered(task.of(largest=20_000))
    assert list(Path(task.folder).iterdir()) == []


@pytest.mark.usefixtures("landlock")
def test_a_renderer_writes_nowhere_but_in_its_folder_and_reads_nothing_but_its_source(
    task: Task, tmp_path: Path
):
    inside = tmp_path / "inside"
    inside.mkdir()
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from v100_ai.clips.render.task import Task\n"
        "from v100_ai.worker.child.confinement import confine\n"
        "task = Task.from_json(sys.stdin.buffer.read())\n"
        "confine(task.limits, files=[Path(task.source)], port=0, folder=Path(task.folder), largest=1000)\n"
        "def tried(act):\n"
        "    try: act(); return 'done'\n"
        "    except OSError as refused: return type(refused).__name__\n"
        f"outside, inside, source = Path({str(tmp_path)!r}), Path(task.folder), Path(task.source)\n"
        "import json\n"
        "print(json.dumps({'done': {\n"
        "  'inside': tried(lambda: (inside / 'a').write_text('x')),\n"
        "  'outside': tried(lambda: (outside / 'a').write_text('x')),\n"
        "  'source': tried(lambda: source.open('rb').read(1)),\n"
        "  'changed': tried(lambda: source.open('ab')),\n"
        "  'secret': tried(lambda: Path('/etc/passwd').read_text()),\n"
        "  'removed': tried(lambda: (inside / 'a').unlink()),\n"
        "}}))\n"
    )
    with renderer(task.of(folder=str(inside)), command=(sys.executable, "-c", code)) as worker:
        found = worker.outcome()
    assert found == {
        "inside": "done",
        "outside": "PermissionError",
        "source": "done",
        "changed": "PermissionError",
        "secret": "PermissionError",
        "removed": "done",
    }


@pytest.mark.parametrize(
    ("says", "why"),
    [("print('what?')", "expected JSON"), ("print('[1]')", "an object"), ("", "exit status 0")],
)
def test_a_renderer_that_says_something_else_is_not_believed(task: Task, says: str, why: str):
    with (
        renderer(task, command=(sys.executable, "-c", says)) as worker,
        pytest.raises(RenderFailed, match=why),
    ):
        worker.outcome()


def test_an_edit_step_by_step_is_that_of_its_document(source: Path, tmp_path: Path, task: Task):
    made = edit(source, transcript=task.transcript, aspects=("1:1",), edge=64, preset="ultrafast")
    made = made.fillers().pauses(0.5).fix(0, "ONE")
    assert 2 not in [placed.id for placed in made.plan().words]
    assert made.undo().plan().said[0].text == "One"
    path = made.write(tmp_path / "talk.edit.md")
    assert "ONE two ~~um~~ three" in path.read_text()
    again = opened(path)
    assert again.plan() == made.plan()
    out = again.render(tmp_path / "out.mp4")
    assert out.decisions["outputs"][0]["width"] == 64
    assert out.decisions["frames"] == made.plan().frames
    assert [path.name for path in made.export(tmp_path / "talk.edl").parent.glob("*.edl")] == [
        "talk.edl"
    ]
    with pytest.raises(SettingRejected, match=r"\.mp4"):
        made.render(tmp_path / "out.avi")
    path.write_text(path.read_text().replace('"settings": {', '"settings": {"shell": 1, '))
    with pytest.raises(EditRejected, match="settings of"):
        opened(path)


def test_clips_of_a_file_are_made_in_order_with_their_reasons(
    source: Path, tmp_path: Path, task: Task, scored: Callable[..., Any]
):
    told: list[int] = []
    made = clips(
        source,
        transcript=task.transcript,
        count=2,
        aspect=["1:1"],
        seconds=(1.0, 2.5),
        folder=tmp_path,
        scores=scored((0, 5, 20), (5, 10, 90)),
        edge=64,
        preset="ultrafast",
        progress=lambda number, stage, share: told.append(number),
    )
    assert [each.name for each in made] == ["talk-1"]
    choice = made[0].decisions["choice"]
    assert choice["start_reason"].startswith("sentence")
    assert made[0].duration == pytest.approx(choice["end"] - choice["start"], abs=0.05)
    assert set(told) == {1}

    (preview,) = clips(
        source,
        transcript=task.transcript,
        seconds=(1.0, 2.5),
        folder=tmp_path,
        scores=scored((0, 5, 20), (5, 10, 90)),
        kind="preview",
    )
    assert preview.decisions["begins"] <= choice["start"]
    assert preview.decisions["choice"]["start"] == choice["start"]
    assert preview.file.is_file()


def test_what_is_heard_is_scored_with_what_is_said(source: Path, tmp_path: Path, task: Task):
    mute = marked.flashes(tmp_path / "mute.mp4", seconds=10.0, sound=False)
    transcript = task.transcript

    def sure(source: Path | None) -> list[float]:
        return [
            each.confidence for each in scored_by(transcript, source) if isinstance(each, Scored)
        ]

    assert sure(mute) == sure(None)
    assert max(sure(source)) > max(sure(None))


def test_a_transcript_is_looked_for_beside_the_source(source: Path, tmp_path: Path):
    with pytest.raises(SettingRejected, match=r"talk\.vtt"):
        clips(source, folder=tmp_path)
    with pytest.raises(SettingRejected, match="settings of a clip"):
        clips(source, transcript=Transcript(()), folder=tmp_path, colour="red")
