import json
import sys
from pathlib import Path

import pytest

import v100_ai as v100
from v100_ai.report.rows import COLUMNS, cells, line


def test_every_frame_has_a_reading(mp4: Path):
    readings = list(v100.analyze(mp4))
    assert [reading.frame for reading in readings] == list(range(150))
    assert readings[-1].pts == pytest.approx(149 / 25)


def test_an_analysis_can_be_gone_through_again(webm: Path):
    analysis = v100.analyze(webm, max_frames=3)
    assert [r.motion_magnitude for r in analysis] == [r.motion_magnitude for r in analysis]


def test_max_frames_stops_before_the_end(truncated: Path):
    assert len(list(v100.analyze(truncated, max_frames=5))) == 5


def test_layers_that_are_off_read_none(webm: Path):
    (reading,) = v100.analyze(webm, ["visual"], max_frames=1)
    assert (reading.motion, reading.complexity) == (None, None)
    assert reading.visual is not None


def test_unknown_layers_are_refused_before_anything_is_read():
    with pytest.raises(v100.errors.UnknownLayer):
        v100.analyze("nowhere.mp4", ["sound"])


def test_readings_come_before_the_error_of_a_broken_file(truncated: Path):
    readings = list[v100.Reading]()
    with pytest.raises(v100.SourceLost, match="ends after"):
        readings.extend(v100.analyze(truncated))
    assert len(readings) > 10


def test_a_new_size_has_nothing_to_compare_with(two_sizes: Path):
    readings = list(v100.analyze(two_sizes))
    afresh = [index for index, each in enumerate(readings) if each.motion_magnitude is None]
    assert afresh == [0, 10]


def test_all_tables_hold_the_same(webm: Path):
    analysis = v100.analyze(webm)
    arrow, pandas, polars = analysis.to_arrow(), analysis.to_pandas(), analysis.to_polars()
    assert arrow.column_names == list(pandas.columns) == polars.columns == list(COLUMNS)
    assert arrow.num_rows == len(pandas) == polars.height == 30
    assert arrow.to_pylist() == polars.to_dicts()
    assert arrow["visual_exposure"].to_pylist() == pandas["visual_exposure"].tolist()
    assert arrow["motion_magnitude"].null_count == pandas["motion_magnitude"].isna().sum() == 1
    assert arrow["vmaf"].null_count == 30


def test_a_table_of_a_broken_file_holds_what_was_measured_and_says_so(truncated: Path):
    analysis = v100.analyze(truncated)
    with pytest.warns(v100.SourceLostWarning, match="frames kept"):
        table = analysis.to_polars()
    assert table.height > 10
    assert analysis.lost is not None


def test_no_table_is_made_of_nothing(sound_only: Path):
    with pytest.raises(v100.errors.NoVideo):
        v100.analyze(sound_only).to_polars()


@pytest.mark.parametrize(
    ("method", "module"),
    [("to_pandas", "pandas"), ("to_polars", "polars"), ("to_arrow", "pyarrow")],
)
def test_a_missing_extra_is_named(method, module, webm: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(v100.ExtraMissing, match=rf"{module} .*pip install 'v100_ai\[tables\]'"):
        getattr(v100.analyze(webm, max_frames=1), method)()


def test_a_row_begins_with_the_outward_fields_and_ends_with_the_layers(webm: Path):
    *_, reading = v100.analyze(webm, max_frames=2)
    row = json.loads(line(cells(reading, 1)))
    assert list(row) == [
        "frame",
        "pts",
        "width",
        "height",
        "scene_complexity",
        "motion_magnitude",
        "ssim",
        "psnr",
        "vmaf",
        "deepfake_score",
        "viral_score",
        "complexity",
        "motion",
        "visual",
        "quality",
        "deepfake",
    ]
    assert row["scene_complexity"] == row["complexity"]["scene"] == reading.scene_complexity
    assert row["motion_magnitude"] == row["motion"]["magnitude"]
    assert set(row["motion"]["vectors"]) >= {"mean_x", "confidence", "saturation"}
    assert row["vmaf"] is None
