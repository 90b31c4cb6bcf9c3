"""A source's own sound comes beside its pictures, on their axis; what cannot be heard ends nothing."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.clips import moving, write
from tests.worker.servers import web
from tests.worker.watched import watched
from v100_ai.worker import Axis, Ended, Limits, Readings, SoundDecoded, Spec
from v100_ai.worker.encoded import SOUND_RATE

pytestmark = pytest.mark.anyio


async def heard(source: str, *, sound: bool = True) -> list[SoundDecoded]:
    spec = Spec(source=source, layers=("visual",), pace="fast", files=True, sound=sound, limits=Limits(patience=5.0))  # fmt: skip
    story = await watched(spec)
    assert story.last == Ended()
    assert story.of(Readings)
    return story.of(SoundDecoded)


def joined(pieces: list[SoundDecoded]) -> np.ndarray:
    return np.frombuffer(b"".join(each.samples for each in pieces), "<i2")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of a picture and a tone of 440 Hz."""
    return write(tmp_path_factory.mktemp("a") / "a.ts", moving(75), sound="aac", options={})


async def test_all_of_it_comes_once_piece_by_piece_where_it_lies(clip: Path):
    pieces = await heard(str(clip))
    for one, following in pairwise(pieces):
        assert following.at == pytest.approx(one.at + len(one.samples) / 2 / SOUND_RATE, abs=0.03)
    found = joined(pieces)
    assert len(found) / SOUND_RATE == pytest.approx(3.0, abs=0.1)
    middle = found[SOUND_RATE : 2 * SOUND_RATE].astype(float)
    assert np.abs(np.fft.rfft(middle)).argmax() == 440


async def test_a_live_source_is_heard_as_a_file_is(clip: Path):
    def answer(asked):
        asked.begin()
        asked.wfile.write(clip.read_bytes())

    with web(live_ts=answer) as (url, _):
        pieces = await heard(f"{url}/live.ts")
    assert len(joined(pieces)) / SOUND_RATE == pytest.approx(3.0, abs=0.1)


async def test_who_did_not_ask_hears_nothing(clip: Path):
    assert await heard(str(clip), sound=False) == []


async def test_a_source_without_sound_is_seen(tmp_path: Path):
    assert await heard(str(write(tmp_path / "a.mp4", moving(10)))) == []


def test_sound_lies_on_the_axis_of_the_pictures_and_waits_for_them_after_a_loss():
    now = 0.0
    axis = Axis(lambda: now)
    axis.place(Readings(columns={"frame": (0,), "pts": (100.0,)}))
    piece = SoundDecoded(at=100.5, samples=b"\0\0")
    assert axis.place(piece) == [piece]
    axis.lose("gone")
    assert axis.place(SoundDecoded(at=3.0, samples=b"\0\0")) == []
    now = 10.0
    axis.place(Readings(columns={"frame": (0,), "pts": (3.0,)}))
    (placed,) = axis.place(SoundDecoded(at=3.5, samples=b"\0\0"))
    assert isinstance(placed, SoundDecoded)
    assert placed.at == pytest.approx(110.5)
