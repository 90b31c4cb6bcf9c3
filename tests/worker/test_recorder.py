"""A live source's own packets are kept on the disk: whole files that overlap nothing, bounded, and the oldest removed."""

from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.clipping import marked
from tests.worker.servers import web
from tests.worker.watched import watched
from v100_ai.worker import Ended, Limits, Recorded, Recording, Spec

pytestmark = pytest.mark.anyio


@pytest.fixture(name="kept")
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "kept"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MPEG-TS with sound, a key frame each 1.2 s."""
    return marked.flashes(tmp_path_factory.mktemp("live") / "live.ts", seconds=40.0)


def live(stream: Path):
    def answer(asked):
        asked.begin()
        asked.wfile.write(stream.read_bytes())

    return web(live_ts=answer)


async def recorded(stream: Path, folder: Path, **asked) -> list[Recorded]:
    recording = Recording(str(folder), asked.get("seconds", 600.0), asked.get("most", 1 << 30))
    with live(stream) as (url, _):
        spec = Spec(source=f"{url}/live.ts", layers=("visual",), recording=recording, limits=Limits(patience=5.0))  # fmt: skip
        story = await watched(spec)
    assert story.last == Ended()
    return story.of(Recorded)


def packets(path: Path, kind: str) -> list[tuple[float, int]]:
    with av.open(str(path)) as media:
        stream = media.streams.best(kind)  # type: ignore[arg-type]  # one of two
        assert stream is not None
        return [(float(p.pts * p.time_base), p.size) for p in media.demux(stream) if p.size and p.pts is not None]  # fmt: skip


def held(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_all_packets_of_a_live_source_are_there_once_with_their_times(
    stream: Path, kept: Path
):
    told = await recorded(stream, kept)
    assert [each.file for each in told] == [f"{n:08}.nut" for n in range(len(told))]
    assert len(told) >= 5
    assert all(a.to_pts <= b.from_pts + 1e-3 for a, b in pairwise(told))
    for kind in ("video", "audio"):
        found = [each for one in told for each in packets(kept / one.file, kind)]
        theirs, ours = (sorted(at for at, _ in each) for each in (packets(stream, kind), found))
        assert len(ours) == len(set(ours))
        assert all(min(abs(at - other) for other in theirs) < 1e-4 for at in ours)
        assert len(ours) >= len(theirs) - 60


async def test_the_oldest_files_are_removed(stream: Path, kept: Path):
    told = await recorded(stream, kept, seconds=15.0)
    left = sorted(path.name for path in held(kept))
    assert left == [each.file for each in told][-len(left) :]
    assert len(left) < len(told)
    seconds = sum(each.to_pts - each.from_pts for each in told[-len(left) :])
    assert 15.0 <= seconds <= 15.0 + 8.0


async def test_a_recording_that_would_be_too_large_keeps_the_newest(stream: Path, kept: Path):
    told = await recorded(stream, kept, most=120_000)
    files = held(kept)
    assert told
    assert sum(path.stat().st_size for path in files) <= 120_000 or len(files) == 1
