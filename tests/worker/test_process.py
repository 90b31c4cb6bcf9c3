import contextlib
import os
import select
import signal
import subprocess
import sys
from math import inf
from pathlib import Path

import anyio
import pytest

import v100_ai as v100
from tests import clips
from tests.worker.watched import Story, a_file, child, rows_of, watched
from v100_ai.analysis import signs
from v100_ai.events import AnalysisWarning, FaultFound, SceneCut
from v100_ai.faults import Cut, Finder
from v100_ai.report.rows import cells
from v100_ai.worker import (
    Died,
    Ended,
    Limits,
    Message,
    Opened,
    Policy,
    Readings,
    Refused,
    Resume,
    Spec,
    Stats,
    Worker,
    start,
    supervise,
)
from v100_ai.worker.wire import gathered, packed

pytestmark = pytest.mark.anyio

LAYERS = ("motion", "vectors", "complexity", "siti", "visual")


def analysed(path: Path, layers: tuple[str, ...] = LAYERS) -> list[dict[str, object]]:
    """What the library says of the clip in this process; columns nobody has a value of are left out."""
    rows = [cells(each, number) for number, each in enumerate(v100.analyze(path, layers))]
    known = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return [{name: row[name] for name in known} for row in rows]


def same(story: Story, rows: list[dict[str, object]]) -> bool:
    return [{name: row.get(name) for name in rows[0]} for row in story.rows()] == rows


async def test_readings_are_those_of_the_library(mp4: Path):
    story = await watched(a_file(mp4, layers=LAYERS))
    assert isinstance(story.messages[0], Opened)
    assert (story.messages[0].codec, story.messages[0].seekable) == ("h264", True)
    assert same(story, analysed(mp4))
    assert story.last == Ended()
    assert story.of(Stats)[-1] == Stats(decoded=150, analysed=150)


async def test_cuts_and_faults_are_those_of_the_library(mp4: Path):
    finder, found = Finder(), list[object]()
    for number, reading in enumerate(v100.analyze(mp4)):
        found += finder.push(number, reading.pts, signs(reading))
    found += finder.flush()
    story = await watched(a_file(mp4))
    assert [(each.frame, each.pts) for each in story.of(SceneCut)] == [
        (each.frame, each.pts) for each in found if isinstance(each, Cut)
    ]
    assert {each.fault for each in story.of(FaultFound)} == {"black", "frozen"}


async def test_a_reference_gives_scores(media: Path):
    reference = clips.write(media / "fine.mp4", clips.moving(12), quality=1)
    coarse = clips.write(media / "coarse.mp4", clips.moving(12), quality=40)
    story = await watched(a_file(coarse, reference=str(reference), layers=("quality",)))
    expected = [
        (scored.reading.psnr, scored.reading.ssim, scored.reading.vmaf)
        if scored.reading is not None
        else (None, None, None)
        for scored in v100.quality(reference, coarse)
    ]
    assert sum(row[2] is not None for row in expected) > 10
    found = [tuple(row.get(name) for name in ("psnr", "ssim", "vmaf")) for row in story.rows()]
    assert found == expected


async def test_what_is_doubtful_of_scores_is_told_at_the_end(media: Path):
    reference = clips.write(media / "long.mp4", clips.moving(50), quality=1)
    short = clips.write(media / "short.mp4", clips.moving(30), quality=20)
    story = await watched(a_file(short, reference=str(reference), layers=("quality",)))
    told = [each.text for each in story.of(AnalysisWarning)]
    assert "20 of 50 reference frames were never compared: 20 after the last pair" in told
    assert told == v100.quality(reference, short).warnings


async def test_equal_pictures_have_no_bound(media: Path):
    clip = clips.write(media / "same.mp4", clips.moving(5))
    story = await watched(a_file(clip, reference=str(clip), layers=("quality",)))
    assert [row["psnr"] for row in story.rows()] == [inf] * 5


async def test_without_a_reference_quality_is_an_estimate(webm: Path):
    story = await watched(a_file(webm, layers=("quality",)))
    estimates = [row["quality_estimate"] for row in story.rows()]
    assert len(estimates) == 30
    assert all(isinstance(each, float) and 0 <= each <= 100 for each in estimates)
    assert "vmaf" not in story.of(Readings)[0].columns


async def test_a_rate_thins_by_time(mp4: Path):
    story = await watched(a_file(mp4, rate=5.0))
    assert story.frames == list(range(0, 150, 5))
    assert story.of(Stats)[-1] == Stats(decoded=150, analysed=30, thinned=120)


@pytest.mark.parametrize("known", [0, 1, 70, 149])
@pytest.mark.parametrize("name", ["mp4", "h264"])
async def test_a_worker_goes_on_after_the_last_known_frame(name, known, media, mp4):
    clip = mp4 if name == "mp4" else clips.write(media / "whole.h264", clips.scenes())
    whole = analysed(clip)
    pts = whole[known]["pts"]
    assert isinstance(pts, float)
    story = await watched(
        a_file(clip, layers=LAYERS, resume=Resume(frame=known, pts=pts)),
    )
    assert story.frames == list(range(known + 1, 150))
    rest = whole[known + 1 :]
    assert not rest or same(story, rest)


async def test_unknown_layers_are_refused(mp4: Path):
    story = await watched(a_file(mp4, layers=("smell",)))
    assert isinstance(story.last, Refused)
    assert story.last.error == "UnknownLayer"


async def test_a_killed_child_is_told_as_killed(mp4: Path):
    def kill(worker: Worker, message: Message) -> None:
        if isinstance(message, Opened):
            os.kill(worker.pid, signal.SIGKILL)

    story = await watched(a_file(mp4, pace="live"), seen=kill)
    assert isinstance(story.last, Died)
    assert (story.last.cause, story.last.detail) == ("signal", "Killed")


async def test_a_stopped_child_is_given_up_and_killed(mp4: Path):
    def stop(worker: Worker, message: Message) -> None:
        if isinstance(message, Opened):
            os.kill(worker.pid, signal.SIGSTOP)

    limits = Limits(silence=0.5)
    story = await watched(a_file(mp4, pace="live", limits=limits), seen=stop)
    assert isinstance(story.last, Died)
    assert story.last.cause == "silence"


async def test_a_child_that_never_opens_anything_is_given_up(mp4: Path):
    story = await watched(
        a_file(mp4, limits=Limits(opening=0.3)),
        command=child("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"),
    )
    assert story.messages == [Died(cause="opening", detail="expected a word within 0.3 s")]


async def test_who_stops_waiting_in_the_middle_of_a_message_reads_it_later(mp4: Path, tmp_path):
    """The child writes half of a message, and the rest when a file appears."""
    go = tmp_path / "go"
    code = f"""
import os, time
content = {packed(Refused(error="NotMedia", message="late"))!r}
os.write(1, content[:9])
while not os.path.exists({str(go)!r}): time.sleep(0.01)
os.write(1, content[9:])
"""
    async with start(a_file(mp4), command=child(code)) as worker:
        with anyio.move_on_after(0.3) as scope:
            await anext(worker)
        assert scope.cancelled_caught
        go.touch()
        assert await anext(worker) == Refused(error="NotMedia", message="late")


@pytest.mark.parametrize(
    "code",
    [
        "os.write(1, b'hello there')",
        "os.write(1, os.urandom(100_000))",
        "os.write(1, b'\\xff\\xff\\xff\\xff'); os.write(1, bytes(60_000))",
        "os.write(1, b'\\0\\0\\0\\0')",
        "os.write(1, b'\\0\\0\\0\\5[[[[[')",
        "os.write(1, b'\\0\\3\\0\\0' + b'[' * 0x30000)",
    ],
)
async def test_a_child_that_speaks_another_language_is_killed(code: str, mp4: Path):
    story = await watched(a_file(mp4), command=child(f"import os, time; {code}; time.sleep(60)"))
    assert isinstance(story.last, Died)
    assert story.last.cause == "protocol"


OPENED = packed(Opened(width=2, height=2, codec="h264", rate=None, duration=None, seekable=False))
READ = packed(gathered([{"frame": 5, "pts": 0.0}]))


@pytest.mark.parametrize(
    "content",
    [OPENED + OPENED, READ, packed(Stats()), OPENED + READ + READ],
    ids=["opened twice", "never opened", "counted before", "a frame twice"],
)
async def test_a_child_that_speaks_out_of_turn_is_killed(content: bytes, mp4: Path):
    code = f"import os, time; os.write(1, {content!r}); time.sleep(60)"
    story = await watched(a_file(mp4), command=child(code))
    assert isinstance(story.last, Died)
    assert story.last.cause == "protocol"


async def test_a_child_that_dies_of_itself_leaves_its_last_lines(mp4: Path):
    code = (
        "import sys; sys.stderr.write('x' * 3000 + '\\nrtsp://a:secret@b/c failed\\n'); sys.exit(3)"
    )
    story = await watched(a_file(mp4), command=child(code))
    assert isinstance(story.last, Died)
    assert (story.last.cause, story.last.detail) == (
        "exit",
        "expected a last word, found exit status 3",
    )
    assert story.last.stderr[-1] == "rtsp://b/c failed"
    assert max(map(len, story.last.stderr)) <= 500


async def test_a_child_that_writes_errors_without_end_neither_waits_nor_grows(mp4: Path):
    code = """
import os, sys
for _ in range(10_000):
    try: os.write(2, b"e" * 4096 + b"\\n")
    except BlockingIOError: pass
"""
    story = await watched(a_file(mp4), command=child(code))
    assert isinstance(story.last, Died)
    assert story.last.cause == "exit"
    assert sum(map(len, story.last.stderr)) <= 20 * 500


async def test_a_child_that_uses_too_much_processor_time_is_killed(mp4: Path):
    code = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
while True: pass
"""
    story = await watched(a_file(mp4), command=child(code))
    assert isinstance(story.last, Died)
    assert story.last.cause == "cpu"


async def test_leaving_the_block_ends_the_child(mp4: Path):
    async with start(a_file(mp4, pace="live")) as worker:
        async for _ in worker:
            break
        assert worker.process.returncode is None
    assert worker.process.returncode is not None


async def test_leaving_the_block_ends_a_stopped_child(mp4: Path):
    async with start(a_file(mp4, pace="live")) as worker:
        async for _ in worker:
            break
        os.kill(worker.pid, signal.SIGSTOP)
    assert worker.process.returncode == -signal.SIGKILL


async def test_no_secret_of_the_service_reaches_the_child(mp4: Path, monkeypatch):
    monkeypatch.setenv("V100_DATABASE_URL", "postgresql://ana:secret@db/v100")
    async with start(a_file(mp4, pace="live")) as worker:
        async for _ in worker:
            break
        process = Path(f"/proc/{worker.pid}")
        environment = process.joinpath("environ").read_bytes()
        opened = [str(each.readlink()) for each in process.joinpath("fd").iterdir()]
    assert b"MALLOC_ARENA_MAX" in environment
    assert b"secret" not in environment
    assert not [each for each in opened if "socket" in each]


async def test_the_child_is_bound(mp4: Path):
    limits = Limits(files=50)
    async with start(a_file(mp4, pace="live", limits=limits)) as worker:
        async for _ in worker:
            break
        process = Path(f"/proc/{worker.pid}")
        found = {
            line[:26].strip(): line[26:].split()
            for line in process.joinpath("limits").read_text().splitlines()
        }
        score = int(process.joinpath("oom_score_adj").read_text())
        nice = os.getpriority(os.PRIO_PROCESS, worker.pid)
    assert found["Max file size"][:2] == found["Max core file size"][:2] == ["0", "0"]
    assert found["Max open files"][:2] == ["50", "50"]
    assert int(found["Max address space"][1]) < 1 << 30
    assert int(found["Max cpu time"][0]) <= limits.cpu + 5
    assert (score, nice) == (900, os.getpriority(os.PRIO_PROCESS, 0) + limits.nice)


def test_no_child_outlives_a_parent_that_is_killed(mp4: Path):
    code = f"""
import anyio
from v100_ai.worker import Spec, start
async def main():
    async with start(Spec(source={str(mp4)!r}, files=True, pace="live")) as worker:
        async for _ in worker:
            print(worker.pid, flush=True)
anyio.run(main)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        gone = os.pidfd_open(pid)
        parent.kill()
        parent.wait()
        # A descriptor of a process can be read from when it has ended.
        ready, _, _ = select.select([gone], [], [], 10)
        os.close(gone)
    assert ready


def test_this_side_of_the_pipe_stays_light():
    code = """
import importlib.util, sys, types
bare = types.ModuleType("v100_ai")
bare.__path__ = list(importlib.util.find_spec("v100_ai").submodule_search_locations)
sys.modules["v100_ai"] = bare
import v100_ai.worker
print(*sorted({"av", "numpy"} & sys.modules.keys()), v100_ai.worker.start.__name__)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["start"]


async def test_a_worker_killed_in_the_middle_leaves_no_mark_in_the_readings(media: Path):
    """And the stream beside it notices nothing."""
    clip = clips.write(media / "two-seconds.mp4", clips.moving(50))
    pids, told = list[int](), list[object]()

    @contextlib.asynccontextmanager
    async def launch(spec: Spec):
        async with start(spec) as worker:
            pids.append(worker.pid)
            yield worker

    beside = Story()

    async def other() -> None:
        beside.messages = (await watched(a_file(clip, layers=LAYERS))).messages

    async with anyio.create_task_group() as group:
        group.start_soon(other)
        policy = Policy(first=0.001, most=0.001)
        spec = a_file(clip, layers=LAYERS, pace="live")
        async with supervise(spec, policy, launch=launch) as messages:
            async for message in messages:
                told.append(message)
                if isinstance(message, Readings) and len(pids) < 3:
                    os.kill(pids[-1], signal.SIGKILL)
    assert len(pids) == 3
    whole = analysed(clip)
    assert [{name: row.get(name) for name in whole[0]} for row in rows_of(told)] == whole
    assert same(beside, whole)
    assert told[-1] == Ended()
