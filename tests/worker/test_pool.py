"""Several sources in one process: each is told as if it were alone, whatever becomes of the others."""

import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.worker.watched import PATIENCE_S, Story, a_file, rows_of, watched
from v100_ai.worker import (
    Died,
    Ended,
    Gap,
    Limits,
    Lost,
    Policy,
    Pool,
    Readings,
    Refused,
    Spec,
    Told,
    supervise,
)
from v100_ai.worker.pool import reached
from v100_ai.worker.shared import Track

pytestmark = pytest.mark.anyio

SOON = Policy(first=0.001, most=0.001)


@asynccontextmanager
async def pooled(folder: Path | None = None, **given: Any) -> AsyncIterator[Pool]:
    with anyio.fail_after(2 * PATIENCE_S):
        async with anyio.create_task_group() as group:
            yield Pool(group, folder, **given)
            group.cancel_scope.cancel()


async def read(
    pool: Pool, spec: Spec, found: list[Any], seen: Callable[[Any], None] = lambda _: None
) -> None:
    """Everything a source says, across its processes."""
    async with supervise(spec, SOON, launch=pool.place()) as told:
        async for message in told:
            found.append(message)
            seen(message)


def held(pool: Pool) -> list[int]:
    """How many tracks each process has."""
    return [len(one.tracks) for each in pool.workers.values() for one in each if not one.over]


def processes(pool: Pool) -> list[int]:
    workers = [one for each in pool.workers.values() for one in each if not one.over]
    return [one.process.pid for one in workers if one.process is not None]


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110  # of what another process does, nobody tells
        await anyio.sleep(0.01)


def known(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is not known: a column of nothing else is left out of a message."""
    return [{name: cell for name, cell in row.items() if cell is not None} for row in rows]


async def test_each_track_is_told_as_if_it_were_alone(mp4: Path):
    alone = await watched(a_file(mp4))
    stories = [Story() for _ in range(3)]
    pids = set[int]()
    async with pooled(mp4.parent) as pool, anyio.create_task_group() as group:
        for each in stories:
            group.start_soon(
                read, pool, a_file(mp4), each.messages, lambda _: pids.update(processes(pool))
            )
    for each in stories:
        assert known(each.rows()) == known(alone.rows())
        assert each.last == Ended()
        assert each.messages[-2] == alone.messages[-2]
    assert len(pids) == 1


async def test_what_kills_the_process_costs_no_track_a_frame_and_tells_none_twice(mp4: Path):
    whole = await watched(a_file(mp4))
    stories = [list[Told]() for _ in range(3)]
    killed = list[int]()

    def seen(_: Told) -> None:
        # All are at work, and none is at its end.
        if not killed and all(any(isinstance(e, Readings) for e in each) for each in stories):
            killed.extend(processes(pool))
            os.kill(killed[0], signal.SIGKILL)

    spec = a_file(mp4, pace="live")
    async with pooled(mp4.parent) as pool, anyio.create_task_group() as group:
        for each in stories:
            group.start_soon(read, pool, spec, each, seen)
    assert killed
    for each in stories:
        assert [one["frame"] for one in rows_of(each)] == list(range(150))
        assert known(rows_of(each)) == known(whole.rows())
        (lost,) = (one for one in each if isinstance(one, Lost))
        assert isinstance(lost.last, Died)
        assert not [one for one in each if isinstance(one, Gap)]
        assert each[-1] == Ended()


async def test_after_a_crash_each_goes_on_in_a_process_of_its_own(mp4: Path):
    async with pooled(mp4.parent) as pool:
        place = pool.place()
        async with place(a_file(mp4, pace="live")) as track:
            assert isinstance(track, Track)
            os.kill(processes(pool)[0], signal.SIGKILL)
            last = [each async for each in track][-1]
        assert isinstance(last, Died)
        async with place(a_file(mp4)) as worker:
            assert not isinstance(worker, Track)
            assert [each async for each in worker][-1] == Ended()
        async with place(a_file(mp4)) as track:
            assert isinstance(track, Track)


async def test_a_refused_track_is_no_matter_of_the_others(mp4: Path, tmp_path: Path):
    (mp4.parent / "words.mp4").write_text("no media at all" * 100)
    good, bad = Story(), Story()
    async with pooled(mp4.parent) as pool, anyio.create_task_group() as group:
        group.start_soon(read, pool, a_file(mp4), good.messages)
        group.start_soon(read, pool, a_file(mp4.parent / "words.mp4"), bad.messages)
    assert good.frames == list(range(150))
    assert isinstance(bad.last, Refused)
    assert bad.last.error == "NotMedia"


async def test_a_track_may_join_and_leave_while_others_go_on(webm: Path):
    first = Story()
    async with pooled(webm.parent) as pool, anyio.create_task_group() as group:
        group.start_soon(read, pool, a_file(webm, pace="live"), first.messages)
        await until(lambda: first.frames)
        async with pool.place()(a_file(webm, pace="live")) as track:
            assert held(pool) == [2]
            async for each in track:
                if isinstance(each, Readings):
                    break
        assert held(pool) == [1]
    assert first.frames == list(range(30))
    assert first.last == Ended()


async def test_a_process_takes_so_many_tracks_and_ends_with_its_last_one(mp4: Path):
    spec = a_file(mp4, pace="live")
    async with pooled(mp4.parent, most=2) as pool:
        async with pool.place()(spec), pool.place()(spec), pool.place()(spec):
            assert held(pool) == [2, 1]
            workers = [each for one in pool.workers.values() for each in one]
        assert held(pool) == []
        for each in workers:
            assert each.process is not None
            with anyio.fail_after(10):
                await each.process.wait()


def test_only_sources_that_lead_to_the_same_place_share_a_process():
    places = {
        url: reached(Spec(source=url, files=True))
        for url in ("a.mp4", "/b:c.mp4", "http://a/x", "https://b:9/x", "rtsp://a/1", "rtsp://b/2", "rtsp://b:99/2")
    }  # fmt: skip
    assert places["a.mp4"] == places["/b:c.mp4"] == "file"
    assert places["http://a/x"] == places["https://b:9/x"] == "web"
    assert places["rtsp://a/1"] == places["rtsp://b/2"] != places["rtsp://b:99/2"]
    assert len(set(places.values())) == 4


async def test_a_file_outside_of_the_folder_opens_nothing(webm: Path, tmp_path: Path):
    inside, outside = tmp_path / "inside", tmp_path / "outside.webm"
    shutil.copytree(webm.parent, inside)
    shutil.copy(webm, outside)
    good, bad = Story(), Story()
    async with pooled(inside) as pool, anyio.create_task_group() as group:
        group.start_soon(read, pool, a_file(inside / webm.name, pace="live"), good.messages)
        await until(lambda: good.messages)
        group.start_soon(read, pool, a_file(outside), bad.messages)
    assert good.frames == list(range(30))
    assert isinstance(bad.last, Refused), bad.messages


async def test_a_silent_child_is_killed_and_every_track_told_why(mp4: Path):
    silent = (sys.executable, "-c", "import sys; sys.stdin.buffer.read()")
    spec = a_file(mp4, limits=Limits(opening=0.3))
    async with (
        pooled(mp4.parent, command=silent) as pool,
        pool.place()(spec) as one,
        pool.place()(spec) as other,
    ):
        first, second = [each async for each in one], [each async for each in other]
    for (last,) in (first, second):
        assert isinstance(last, Died)
        assert last.cause == "opening"


@pytest.mark.parametrize(
    "said", ["(9).to_bytes(4, 'little') + packed(Ended())", "b'\\1\\0\\0\\0' + packed(Stats())", "b'\\1' * 300"]
)  # fmt: skip
async def test_words_that_belong_to_no_track_end_the_process(mp4: Path, said: str):
    mad = (
        sys.executable, "-c",
        "import sys\n"
        "from v100_ai.worker.wire import packed\n"
        "from v100_ai.worker.messages import Ended, Stats\n"
        f"sys.stdout.buffer.write({said}); sys.stdout.flush(); sys.stdin.buffer.read()",
    )  # fmt: skip
    async with pooled(mp4.parent, command=mad) as pool, pool.place()(a_file(mp4)) as track:
        (last,) = [each async for each in track]
    assert isinstance(last, Died)
    assert last.cause == "protocol"


async def test_no_track_is_told_another_s_secrets():
    dying = (
        sys.executable, "-c",
        "import sys\ngiven = b''\n"
        "while given.count(b'\"source\"') < 3: given += sys.stdin.buffer.read1()\n"
        "sys.stderr.write('at rtsp://cam/?key=hush-hush\\nhush-hush\\n'); sys.exit(3)",
    )  # fmt: skip
    secret = Spec(source="rtsp://ann:hush-hush@cam.invalid/1")
    plain = Spec(source="rtsp://other.invalid/1")
    async with (
        pooled(command=dying) as pool,
        pool.place()(secret) as one,
        pool.place()(plain) as other,
    ):
        ends = [[each async for each in track][-1] for track in (one, other)]
    for last in ends:
        assert isinstance(last, Died)
        assert last.cause == "exit"
        assert "hush" not in "".join(last.stderr)


async def test_a_process_that_cannot_be_started_is_told():
    async with pooled(command=("/no/such/program",)) as pool:
        with pytest.raises(OSError, match="no/such"):
            async with pool.place()(Spec(source="rtsp://cam.invalid/1")):
                pass
