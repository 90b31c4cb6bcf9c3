"""The process that decodes a room: encoded frames in, each track's readings and sound out."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import anyio
import numpy as np
import pytest

from tests.worker.encoding import FPS, heads, pictures, tone
from v100_ai.worker import (
    Died,
    FaceSeen,
    GapFound,
    Limits,
    Opened,
    Readings,
    Refused,
    SoundDecoded,
    Stats,
)
from v100_ai.worker.decoder import TrackTold, decoding
from v100_ai.worker.encoded import SOUND_RATE, EncodedFrame, TapSpec

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

LAYERS = ("motion", "visual")
Kind = TypeVar("Kind")


async def told(
    frames: Iterable[EncodedFrame], layers: Sequence[str] = LAYERS, **limits: int
) -> list[TrackTold]:
    """All that is said of frames and of their tracks' ends, or up to the process's own end."""
    found: list[TrackTold] = []
    frames = list(frames)
    tracks = {each.track: each.codec for each in frames}
    spec = TapSpec(layers=tuple(layers), limits=Limits(**limits))
    with anyio.fail_after(200):
        async with decoding(spec) as decoder:
            for frame in frames:
                assert decoder.offer(replace(frame, came=1e12))
            for track, codec in tracks.items():
                decoder.offer(EncodedFrame(track=track, codec=codec, pts=0.0, came=0.0))
            # A track that nobody knows: its first word comes when everything before was done.
            ends = tone(6, track=99)
            for frame in ends:
                decoder.offer(frame)
            while not found or (
                found[-1].track != 99 and not isinstance(found[-1].message, Died | Refused)
            ):
                found.append(await decoder.next())
    return [each for each in found if each.track != 99]


def of(found: Sequence[TrackTold], track: int, kind: type[Kind]) -> list[Kind]:
    return [
        each.message for each in found if each.track == track and isinstance(each.message, kind)
    ]


@pytest.mark.parametrize("codec", ["vp8", "vp9", "h264", "av1"])
async def test_every_frame_of_a_track_is_measured_at_its_time(codec: str):
    found = await told(pictures(codec, 40, at=7.0))
    opened = of(found, 1, Opened)
    assert [(each.width, each.height, each.codec) for each in opened] == [(320, 180, codec)]
    readings = of(found, 1, Readings)
    assert [number for each in readings for number in each.frames] == list(range(40))
    times = [time for each in readings for time in each.times]
    assert times == pytest.approx([7.0 + number / FPS for number in range(40)], abs=1e-5)
    moving = [value for each in readings for value in each.columns.get("motion_magnitude", ())]
    assert max(float(value) for value in moving if value is not None) > 0
    assert of(found, 1, Stats)[-1] == Stats(decoded=40, analysed=40)


async def test_sound_is_decoded_and_keeps_its_time_where_packets_are_missing():
    packets = list(tone(100, at=3.0))
    del packets[40:50]
    found = of(await told(packets), 2, SoundDecoded)
    whole = np.concatenate([np.frombuffer(each.samples, "<i2") for each in found])
    assert found[0].at == pytest.approx(3.0, abs=0.02)
    assert len(whole) / SOUND_RATE == pytest.approx(len(packets) * 0.02 + 0.2, abs=0.05)
    loud = np.abs(whole[: len(whole) // 160 * 160]).reshape(-1, 160).max(1) > 6_000
    quiet = np.flatnonzero(~loud[5:-5]) + 5
    assert 15 <= len(quiet) <= 25
    assert quiet[0] * 0.01 == pytest.approx(0.8, abs=0.05)
    ends = [each.at + len(each.samples) / 2 / SOUND_RATE for each in found]
    assert [each.at for each in found[1:]] == pytest.approx(ends[:-1], abs=0.02)


async def test_several_tracks_do_not_touch_each_other():
    one, two, sound = pictures("vp8", 20), pictures("h264", 20, track=5, size=(160, 90)), tone(50)
    mixed = [each for group in zip(one, two, sound, strict=False) for each in group]
    found = await told(mixed)
    for track in (1, 5):
        numbers = [number for each in of(found, track, Readings) for number in each.frames]
        assert numbers == list(range(20))
    assert [each.width for each in of(found, 5, Opened)] == [160]
    assert of(found, 2, SoundDecoded)


async def test_after_a_loss_nothing_is_shown_before_the_next_key_frame():
    first = list(pictures("vp8", 30))
    del first[10]
    first[10] = replace(first[10], gap=True)
    found = await told([*first, *pictures("vp8", 10, at=2.0)])
    numbers = [number for each in of(found, 1, Readings) for number in each.frames]
    assert numbers == list(range(20))
    (gap,) = of(found, 1, GapFound)
    assert [gap.from_pts, gap.to_pts] == pytest.approx([9 / FPS, 2.0])


async def test_a_picture_may_change_its_size():
    small, large = pictures("vp8", 10), pictures("vp8", 10, size=(640, 360), at=0.4)
    found = await told([*small, *large], ("motion", "visual", "quality", "deepfake"))
    numbers = [number for each in of(found, 1, Readings) for number in each.frames]
    assert numbers == list(range(20))


async def test_where_the_face_is_is_told_as_it_moves():
    found = of(await told(heads(60), ("faces",)), 1, FaceSeen)
    assert found
    middles = [(each.x + each.width / 2, each.y + each.height / 2) for each in found]
    assert all(abs(x - 0.5) < 0.08 and abs(y - 0.48) < 0.08 for x, y in middles)
    assert len(found) <= 60 / FPS / 0.4 + 1


@pytest.mark.parametrize("codec", ["vp8", "vp9", "h264", "av1", "opus"])
async def test_what_cannot_be_decoded_is_counted_and_ends_nobody(codec: str):
    noise = np.random.default_rng(5)
    garbage = [
        EncodedFrame(
            track=3, codec=codec, pts=n / FPS, came=0.0, key=True, data=noise.bytes(1 + 37 * n)
        )
        for n in range(40)
    ]
    found = await told([*garbage, *pictures("vp8", 10)])
    assert not any(isinstance(each.message, Died | Refused) for each in found)
    assert [number for each in of(found, 1, Readings) for number in each.frames] == list(range(10))
    stats = of(found, 3, Stats)[-1]
    assert codec == "opus" or stats.damaged > 0


DYING = """
import mmap, os, sys
mmap.mmap(int(sys.argv[1]), 4)[:] = (7).to_bytes(4, "little")
os.kill(os.getpid(), 11)
"""


async def test_who_ended_the_process_is_known():
    with anyio.fail_after(120):
        command = (sys.executable, "-c", DYING)
        async with decoding(TapSpec(layers=LAYERS), command=command) as decoder:
            found = await decoder.next()
    assert found.track == 7
    assert isinstance(found.message, Died)
    assert found.message.cause == "signal"


async def test_a_picture_too_large_for_the_memory_ends_nobody():
    bomb = [replace(each, track=7) for each in pictures("vp8", 1, size=(8192, 8192))]
    found = await told([*pictures("vp8", 3), *bomb, *pictures("vp8", 3, track=8)], memory=32 << 20)
    assert of(found, 7, Stats)[-1] == Stats(damaged=1)
    assert of(found, 8, Stats)[-1] == Stats(decoded=3, analysed=3)


async def test_what_does_not_fit_is_not_taken():
    with anyio.fail_after(120):
        async with decoding(TapSpec(layers=LAYERS)) as decoder:
            frame = EncodedFrame(
                track=1, codec="vp8", pts=0.0, came=0.0, key=True, data=bytes(500_000)
            )
            taken = [decoder.offer(frame) for _ in range(6)]
    assert taken == [True] * 4 + [False] * 2
