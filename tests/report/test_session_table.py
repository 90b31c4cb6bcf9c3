from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.report.events import Log, stream
from v100_ai.report import session_table
from v100_ai.report.readings import TABLE


@pytest.mark.parametrize(("rate", "rows"), [("second", 570), ("frame", 570 * 25)])
def test_every_frame_or_second_is_a_row(rate, rows, tmp_path: Path):
    out = tmp_path / "readings.parquet"
    assert session_table.write(stream(rate=rate).events, out) == rows
    table = pq.read_table(out)
    assert tuple(table.column_names) == TABLE
    assert table.num_rows == rows
    assert sum(table["frames"].to_pylist()) == 570 * 25
    times = table["pts"].to_pylist()
    assert times == sorted(times)
    assert (table["vmaf_min"].null_count, table["vmaf"].null_count) == (
        (0, 0) if rate == "second" else (rows, 0)
    )
    assert table["deepfake_score"].null_count == rows


def test_infinity_stays_infinity(tmp_path: Path):
    log, out = Log(), tmp_path / "readings.parquet"
    log.second(0, rate="frame")
    log.events[0]["data"]["columns"]["psnr"] = ["inf", 40.5] + [None] * 23
    session_table.write(log.events, out)
    assert pq.read_table(out)["psnr"].to_pylist()[:3] == [float("inf"), 40.5, None]


def test_a_session_without_frames_is_an_empty_table(tmp_path: Path):
    out = tmp_path / "readings.parquet"
    assert session_table.write([], out) == 0
    assert pq.read_table(out).num_rows == 0
    assert [each.name for each in tmp_path.iterdir()] == ["readings.parquet"]
