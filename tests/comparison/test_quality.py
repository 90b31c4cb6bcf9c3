import math
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import v100_ai as v100
from tests import clips

COUNT = 40


def moving(count: int = COUNT, width: int = 160, height: int = 96):
    return list(clips.moving(count, width, height))


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("quality")
    return clips.write(folder / "reference.mp4", moving(), options={})


def encoded(path: Path, pictures, **options) -> Path:
    return clips.write(path, pictures, **options)


def matched(quality: v100.Quality) -> list[int | None]:
    """The reference's frame for each distorted one."""
    return [
        None if each.reference is None else round(each.reference.pts * clips.RATE)
        for each in quality
    ]


def test_a_file_is_equal_to_itself(reference: Path):
    quality = v100.quality(reference, reference)
    table = quality.to_pandas()
    assert list(table["frame"]) == list(range(COUNT))
    assert (table["psnr"] == math.inf).all()
    assert (table["ssim"] == 1).all()
    assert table["vmaf"].min() > 90
    summary = quality.summary()["psnr"]
    assert (summary.infinite, summary.frames) == (COUNT, COUNT)
    assert (quality.alignment.paired, quality.alignment.unpaired) == (COUNT, 0)


def test_tables_hold_the_same_and_the_frames_come_one_by_one(reference: Path, tmp_path: Path):
    distorted = encoded(tmp_path / "d.mp4", moving())
    quality = v100.quality(distorted, reference, metrics=v100.METRICS, threads=2)
    arrow, pandas, polars = quality.to_arrow(), quality.to_pandas(), quality.to_polars()
    assert arrow.column_names == list(pandas.columns) == polars.columns
    assert arrow.num_rows == len(pandas) == polars.height == COUNT
    assert arrow.to_pylist() == polars.to_dicts()
    assert {"reference_pts", "psnr_cb", "ffmpeg_ssim", "integer_adm2"} <= set(arrow.column_names)
    scored = list(islice(quality, 5))
    assert [each.frame for each in scored] == list(range(5))
    assert all(each.fate == "paired" for each in scored)
    assert [each.reading and each.reading.vmaf for each in scored] == list(pandas["vmaf"][:5])


@pytest.mark.parametrize("model", ["vmaf_v1.0.16", "vmaf_v1.0.16_hfr"])
def test_v1_scores_every_frame_and_names_what_it_looked_at(model, tmp_path: Path):
    path = clips.write(tmp_path / "large.mp4", moving(9, 256, 176), options={})
    table = v100.quality(path, path, model=model).to_pandas()
    assert len(table) == 9
    assert table["vmaf"].min() > 90
    features = [name for name in table.columns if name.startswith(("cambi_", "speed_chroma_uv_"))]
    assert len(features) == 2
    assert any(name.startswith("integer_motion3_") for name in table.columns)
    small = clips.write(tmp_path / "small.mp4", moving(2, 256, 144), options={})
    with pytest.raises(v100.FrameRejected, match="at least 160x160"):
        v100.quality(small, small, model=model).summary()


def test_a_dropped_frame_moves_nothing_else(reference: Path, tmp_path: Path):
    pictures = moving()
    kept = [at for at in range(COUNT) if at not in {15, 16}]
    path = timed(tmp_path / "dropped.mp4", pictures, [(at, at) for at in kept])
    quality = v100.quality(reference, path)
    assert matched(quality) == kept
    assert quality.alignment.dropped == 2
    table = quality.to_pandas()
    assert table["ssim"].min() > 0.8
    assert table["vmaf"].notna().all()


def test_a_repeated_frame_is_not_scored(reference: Path, tmp_path: Path):
    shown = [at if at != 20 else 19 for at in range(COUNT)]
    path = timed(tmp_path / "repeated.mp4", moving(), list(enumerate(shown)))
    quality = v100.quality(reference, path)
    assert matched(quality) == [at if at != 20 else None for at in range(COUNT)]
    assert quality.alignment.duplicated == 1
    table = quality.to_pandas()
    assert table["vmaf"].isna().tolist() == [at == 20 for at in range(COUNT)]


@pytest.mark.parametrize("late", [3, 250])
def test_a_constant_offset_is_found(late, reference: Path, tmp_path: Path):
    path = timed(tmp_path / "late.ts", moving(), [(at + late, at) for at in range(COUNT)])
    quality = v100.quality(reference, path)
    assert matched(quality)[2:-2] == list(range(2, COUNT - 2))
    offset = quality.alignment.offset_seconds
    assert offset is not None
    assert offset == pytest.approx(-late / clips.RATE, abs=0.005)


def test_frames_can_be_paired_by_number(reference: Path, tmp_path: Path):
    path = timed(tmp_path / "late.ts", moving(), [(at + 50, at) for at in range(COUNT)])
    by_number = v100.quality(reference, path, align="frame")
    assert matched(by_number) == list(range(COUNT))
    assert by_number.alignment == v100.Alignment(paired=COUNT)


def test_frames_beyond_the_reference_are_not_scored(tmp_path: Path, reference: Path):
    path = encoded(tmp_path / "longer.mp4", moving(COUNT + 60))
    for align in ("frame", "pts"):
        short = v100.quality(
            clips.write(tmp_path / f"{align}.mp4", moving(COUNT + 60)[:COUNT]), path, align=align
        )
        table = short.to_pandas()
        assert table["vmaf"].notna().tolist() == [at < COUNT for at in range(COUNT + 60)]
        assert short.alignment.paired == COUNT
        lost = short.alignment.unpaired + short.alignment.duplicated
        assert lost == 60


def test_two_sizes_need_a_word(reference: Path, tmp_path: Path):
    small = encoded(tmp_path / "small.mp4", (picture[::2, ::2] for picture in moving()))
    with pytest.raises(v100.errors.ShapeMismatch, match=r"expected 160x96 .* found 80x48"):
        v100.quality(reference, small).summary()
    scaled = v100.quality(reference, small, scale_to="reference").to_pandas()
    assert scaled["ssim"].between(0.2, 0.99).all()
    assert set(scaled["width"]) == {80}


def test_the_models_screen_keeps_the_pictures_shape(reference: Path):
    scored = next(iter(v100.quality(reference, reference, scale_to="model")))
    assert scored.reference is not None
    assert (scored.reference.width, scored.reference.height) == (1800, 1080)


def test_ten_bits_are_compared_with_ten(ten_bit: Path, webm: Path):
    deeper = v100.quality(ten_bit, webm)
    assert deeper.summary()["ssim"].mean > 0.9
    assert any("at 10 bit" in line for line in deeper.notes)
    same = v100.quality(ten_bit, webm, scale_to="reference").summary()
    assert same["ssim"].mean > 0.9


def test_what_was_scored_of_a_broken_file_is_kept(media: Path, truncated: Path):
    quality = v100.quality(media / "whole.mp4", truncated)
    with pytest.warns(v100.SourceLostWarning, match="frames kept"):
        table = quality.to_pandas()
    assert len(table) > 10
    assert quality.lost is not None
    with pytest.raises(v100.SourceLost):
        list(v100.quality(media / "whole.mp4", truncated))


@pytest.mark.parametrize(
    ("given", "message"),
    [({"align": "luck"}, "found luck"), ({"scale_to": "moon"}, "found moon")],
)
def test_unknown_words_are_refused_before_anything_is_read(given, message):
    with pytest.raises(ValueError, match=message):
        v100.quality("nowhere.mp4", "nowhere.mp4", **given)
    with pytest.raises(v100.errors.UnknownMetric):
        v100.quality("nowhere.mp4", "nowhere.mp4", metrics=("smell",))


def timed(path: Path, pictures: list[np.ndarray], shown: list[tuple[int, int]]) -> Path:
    """A clip that shows picture b at the time of frame a, for each (a, b)."""
    return clips.write(
        path,
        (pictures[at] for _, at in shown),
        times=[time for time, _ in shown],
    )


def test_the_package_needs_no_word_of_the_room():
    code = "import v100_ai, v100_ai.comparison; assert callable(v100_ai.quality)"
    subprocess.run([sys.executable, "-c", code], check=True)
