"""What is rendered is what was planned: frames, sound against picture, loudness, captions, and nothing else in the file."""

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.clipping import marked
from v100_ai.clips.captions.layout import blocks
from v100_ai.clips.render.checking import boxes
from v100_ai.clips.render.task import Task
from v100_ai.clips.render.work import Work
from v100_ai.edit import CutRange, Edit
from v100_ai.errors import GlyphMissing, NotMedia, NoVideo, RenderFailed, SourceLost
from v100_ai.words import Transcript, Word, placed


def render(task: Task) -> dict[str, Any]:
    return Work(task, lambda stage, share: None).done()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marked.flashes(tmp_path_factory.mktemp("source") / "marked.mp4", seconds=4.0)


@pytest.fixture
def task(source: Path, tmp_path: Path) -> Task:
    return Task(
        source=str(source), folder=str(tmp_path), name="clip", loudness=None, preset="ultrafast"
    )


VFR = (3003, 3003, 2000, 4000, 6000)


@pytest.mark.parametrize(
    ("rate", "steps"),
    [
        (Fraction(25), None),
        (Fraction(30000, 1001), None),
        (Fraction(60000, 1001), None),
        (Fraction(30), VFR),
    ],
    ids=["25", "29.97", "59.94", "variable"],
)
def test_sound_stays_with_the_picture_over_many_cuts(
    tmp_path: Path, task: Task, rate: Fraction, steps: tuple[int, ...] | None
):
    source = marked.flashes(tmp_path / "in.mp4", rate=rate, seconds=12.0, steps=steps, every=0.5)
    cuts = [CutRange(0.5 * i + 0.1 + 0.007 * i, 0.5 * i + 0.33) for i in range(1, 23)]
    told = render(task.of(source=str(source), edit=Edit(tuple(cuts)), span=(0.4, 12.0)))
    assert len(told["pieces"]) == 23
    assert told["frames"] == sum(last - first for first, last in told["pieces"])
    apart = marked.offsets(tmp_path / "clip.mp4")
    assert len(apart) == 23 if steps is None else len(apart) > 18
    # A source of variable rate shows each picture on the frame of the grid that is nearest.
    assert np.abs(apart).max() <= (0.002 if steps is None else 0.5 / float(Fraction(*told["rate"])))
    if steps is None:
        assert abs(apart[-1] - apart[0]) <= 0.002


def test_a_file_is_what_platforms_take(task: Task, tmp_path: Path):
    told = render(task.of(span=(0.52, 3.3)))
    path = tmp_path / "clip.mp4"
    found = list(boxes(path))
    order = [kind for kind, depth in found if depth == 0]
    assert order.index(b"moov") < order.index(b"mdat")
    assert (b"elst", 3) not in found
    assert all(kind != b"elst" for kind, _ in found)
    with av.open(str(path)) as clip:
        video, sound = clip.streams.video[0], clip.streams.audio[0]
        assert video.codec_context.pix_fmt == "yuv420p"
        assert (sound.codec_context.sample_rate, sound.codec_context.layout.name) == (
            48_000,
            "stereo",
        )
        assert video.average_rate == 25
        assert clip.start_time == 0
        assert video.frames == told["frames"] == 70
        keys = [
            (p.pts or 0) * (p.time_base or 0) for p in clip.demux(video) if p.is_keyframe and p.size
        ]
    assert keys == [0, 2]
    assert told["outputs"][0]["frames"] == 70
    assert (tmp_path / "clip.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_frames_are_those_of_the_span(task: Task, tmp_path: Path):
    render(task.of(span=(0.6, 2.4)))
    lumas, times, _ = marked.read(tmp_path / "clip.mp4")
    assert len(lumas) == 45
    assert [round(times[i], 3) for i in np.flatnonzero(lumas > 150)] == [0.4, 1.4]


def test_the_same_task_gives_the_same_bytes_in_as_many_shapes_as_are_asked_for(
    task: Task, tmp_path: Path
):
    words = Transcript(placed("One two three four.", 0.2, 3.0))
    task = task.of(aspects=("source", "1:1"), transcript=words, span=(0.0, 3.0), edge=96)
    first = render(task)
    names = [each["file"] for each in first["outputs"]] + first["captions"]
    made = {name: (tmp_path / name).read_bytes() for name in names}
    assert render(task) == first
    assert {name: (tmp_path / name).read_bytes() for name in names} == made
    assert [(each["width"], each["height"]) for each in first["outputs"]] == [(144, 96), (96, 96)]


@pytest.mark.parametrize(("level", "gain"), [(0.02, 20.0), (0.5, None)])
def test_loudness_reaches_its_target_or_says_that_it_could_not(
    tmp_path: Path, task: Task, level: float, gain: float | None
):
    source = marked.tone(tmp_path / "tone.mp4", level=level)
    told = render(task.of(source=str(source), loudness=-14.0))["loudness"]
    assert told["after"]["true_peak"] <= -1.0
    if gain is None:
        assert abs(told["after"]["integrated"] + 14.0) <= 1.0
        assert not told["limited"]
    else:
        assert told["gain"] == gain
        assert told["limited"] == (abs(told["after"]["integrated"] + 14.0) > 1.0)


def test_peaks_are_held_where_a_gain_would_raise_them(tmp_path: Path, task: Task):
    source = marked.tone(tmp_path / "pops.mp4", level=0.05, pops=True)
    told = render(task.of(source=str(source), loudness=-14.0))["loudness"]
    assert told["before"]["true_peak"] > -4.0
    assert told["gain"] > 5.0
    assert told["after"]["true_peak"] <= -1.0


def test_no_join_clicks(tmp_path: Path, task: Task):
    source = marked.tone(tmp_path / "tone.mp4", level=0.9)
    edit = Edit(tuple(CutRange(0.3 * i, 0.3 * i + 0.13) for i in range(1, 9)))
    told = render(task.of(source=str(source), edit=edit, peak=0.0))
    _, _, sound = marked.read(tmp_path / "clip.mp4")
    ends = np.cumsum([last - first for first, last in told["pieces"]])[:-1] * 48_000 // 25
    assert len(ends) == 8
    # The tone itself steps by 0.05 from sample to sample; at a join it has faded away.
    for at in ends:
        around = sound[int(at) - 24 : int(at) + 24]
        assert np.abs(np.diff(around)).max() < 0.01


def test_captions_change_nothing_outside_their_block(task: Task, tmp_path: Path):
    words = Transcript(placed("Nothing beside these words.", 0.4, 2.0))
    plain = task.of(
        transcript=words, span=(0.0, 2.4), aspects=("9:16",), framing="center", edge=108, crf=1
    )
    render(plain.of(captions=False, name="plain"))
    render(plain)
    block = blocks(108, 192)[0]
    changed = 0
    with av.open(str(tmp_path / "plain.mp4")) as one, av.open(str(tmp_path / "clip.mp4")) as two:
        for a, b in zip(one.decode(video=0), two.decode(video=0), strict=True):
            apart = np.abs(a.to_ndarray(format="gray").astype(int) - b.to_ndarray(format="gray"))
            changed += int((apart > 40).sum())
            apart[block.top : block.bottom, block.left : block.right] = 0
            assert apart.max() < 25
    assert changed > 1000


def test_captions_beside_it_are_in_the_clips_own_time(task: Task, tmp_path: Path):
    words = Transcript(placed("First words. Other words.", 1.0, 3.0))
    told = render(task.of(transcript=words, span=(0.8, 3.2), edit=Edit().cut([0, 1])))
    text = (tmp_path / "clip.srt").read_text()
    assert "Other words." in text
    assert "First" not in text
    start = told["words"][0]["start"]
    assert f"00:00:00,{round(1000 * start):03} -->" in text


def test_a_character_that_the_font_has_not_is_told_before_anything_is_made(
    task: Task, tmp_path: Path
):
    with pytest.raises(GlyphMissing, match=r"U\+4ECA"):
        render(task.of(transcript=Transcript((Word(text="今日", start=0.1, end=0.5),))))
    assert not (tmp_path / "clip.srt").exists()


def test_a_source_without_sound_gives_a_clip_without(tmp_path: Path, task: Task):
    silent = marked.flashes(tmp_path / "silent.mp4", seconds=1.0, sound=False)
    told = render(task.of(source=str(silent)))
    assert told["loudness"] is None
    assert told["outputs"][0]["sound"] is None


def test_a_source_without_a_picture_or_that_is_none_is_refused(
    task: Task, tmp_path: Path, sound_only: Path
):
    with pytest.raises(NoVideo):
        render(task.of(source=str(sound_only)))
    (tmp_path / "none.mp4").write_bytes(b"no media")
    with pytest.raises(NotMedia):
        render(task.of(source=str(tmp_path / "none.mp4")))


def test_a_truncated_source_gives_what_it_has_and_refuses_what_it_has_not(
    task: Task, truncated: Path, tmp_path: Path
):
    told = render(task.of(source=str(truncated), span=(0.2, 1.0)))
    assert told["outputs"][0]["frames"] == 20
    with pytest.raises((RenderFailed, SourceLost)):
        render(task.of(source=str(truncated), span=(5.0, 9.0)))


def test_an_edit_that_cuts_all_is_refused(task: Task):
    with pytest.raises(RenderFailed, match="cuts all"):
        render(task.of(span=(1.0, 2.0), edit=Edit().remove(0.5, 3.0)))


def turned(path: Path, source: Path) -> Path:
    """The source with a display matrix that turns it by a quarter (ISO/IEC 14496-12, 8.3.2), as a telephone writes it."""
    one = 1 << 16
    as_it_is = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, 1 << 30)
    quarter = struct.pack(">9i", 0, one, 0, -one, 0, 0, 64 * one, 0, 1 << 30)
    content = source.read_bytes()
    at = content.index(b"tkhd")
    path.write_bytes(content[:at] + content[at:].replace(as_it_is, quarter, 1))
    return path


def test_the_shape_is_that_of_the_upright_picture(source: Path, task: Task, tmp_path: Path):
    told = render(task.of(source=str(turned(tmp_path / "turned.mp4", source)), span=(0.0, 0.6)))
    assert (told["source"]["width"], told["source"]["height"]) == (64, 96)
    assert (told["outputs"][0]["width"], told["outputs"][0]["height"]) == (64, 96)
    first = next(av.open(str(tmp_path / "clip.mp4")).decode(video=0)).to_ndarray(format="gray")
    # The band at the top of the picture lies at its side.
    assert abs(float(first[:, :8].mean()) - float(first[:, -8:].mean())) > 100


def test_ten_bits_become_eight(ten_bit: Path, task: Task, tmp_path: Path):
    told = render(task.of(source=str(ten_bit), span=(0.0, 0.4)))
    assert told["outputs"][0]["frames"] == 10


def test_a_preview_is_the_sources_own_packets(task: Task, tmp_path: Path):
    told = render(task.of(kind="preview", span=(2.0, 3.0)))
    assert told["begins"] <= 2.0
    lumas, _, _ = marked.read(tmp_path / "clip.mp4")
    assert len(lumas) >= 25


def test_a_task_comes_back_from_its_json(task: Task):
    full = task.of(
        transcript=Transcript(placed("a b", 0, 1, "A"), frozenset({1})),
        edit=Edit().cut([1]),
        span=(0.5, 1.5),
        aspects=("9:16", "1:1"),
    )
    assert Task.from_json(full.to_json()) == full
    assert replace(full, name="x") == full.of(name="x")
