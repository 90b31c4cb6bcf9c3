"""What limits would have done: the decider's own words against labels, and the file that `v100 serve` reads."""

import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from matplotlib import pyplot

from v100_ai.alerts import Rule
from v100_ai.cli import main
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected
from v100_ai.session.settings import alerts
from v100_ai.tuning import sweep, to_config

LOW = Rule(name="low", reading="vmaf", below=60, resolve=70, trigger_seconds=2, resolve_seconds=2)


def readings() -> list[float]:
    """An hour of a reading a second: two minutes that are really bad, and one dip that nobody minded."""
    values = [90.0 + math.sin(second) for second in range(3601)]
    values[600:720] = [30.0] * 120
    values[1500:1510] = [55.0] * 10
    values[3000:3120] = [40.0] * 120
    return values


WRONG = [(600.0, 719.0), (3000.0, 3119.0)]
TIMES = [float(second) for second in range(3601)]


def test_each_limit_is_followed_by_the_decider_itself():
    found = {each.limit: each for each in sweep(TIMES, readings(), WRONG, LOW, limits=[35, 50, 60])}
    assert (found[35].recall, found[35].precision, found[35].false_alarms_per_hour) == (0.5, 1, 0)
    assert (found[50].recall, found[50].precision, found[50].alarms) == (1, 1, 2)
    assert found[50].seconds_to_detect == 2
    assert found[60].alarms == 3
    assert found[60].false_alarms_per_hour == pytest.approx(1)
    assert found[60].precision == pytest.approx(2 / 3)
    # The 95 % bounds of Garwood for none and one: 3.00 and 4.74.
    assert found[50].at_most == pytest.approx(2.9957, abs=1e-3)
    assert found[60].at_most == pytest.approx(4.7439, abs=1e-3)


def test_the_limit_that_is_picked_finds_all_and_rings_for_nothing():
    found = sweep(TIMES, readings(), WRONG, LOW)
    picked = found.pick(max_alarms_per_hour=0.1)
    assert (picked.recall, picked.false_alarms_per_hour) == (1, 0)
    assert 40 <= picked.limit < 90
    assert found.ruled(picked).resolve == picked.limit + 10
    assert "<table>" in found._repr_html_()
    assert len(found.columns()["limit"]) == len(found)


def test_it_is_drawn_on_axes_that_are_returned():
    pyplot.switch_backend("agg")
    axes = sweep(TIMES, readings(), WRONG, LOW).plot()
    assert [line.get_label() for line in axes.get_lines()] == ["recall", "precision"]
    pyplot.close(axes.figure)


def test_what_no_limit_keeps_to_is_said():
    found = sweep(TIMES, readings(), [(2000.0, 2010.0)], LOW)
    with pytest.raises(SettingRejected, match="at best"):
        found.pick(min_precision=1.0)
    with pytest.raises(SettingRejected, match="labelled"):
        sweep(TIMES, readings(), [], LOW).pick()
    with pytest.raises(SettingRejected, match="at least one that is known"):
        sweep([0.0], [None], [], LOW)


@given(
    values=st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=2, max_size=60),
    labels=st.lists(st.tuples(st.floats(0, 60), st.floats(0, 20)), max_size=4),
    above=st.booleans(),
)
def test_shares_are_shares_of_the_alarms_there_are(
    values: list[float | None], labels: list[tuple[float, float]], *, above: bool
):
    limit: dict[str, Any] = {"above": 50.0} if above else {"below": 50.0}
    rule = Rule(name="r", reading="vmaf", trigger_seconds=0, resolve_seconds=0, **limit)
    if all(value is None for value in values):
        return
    spans = [(start, start + length) for start, length in labels]
    found = sweep([float(n) for n in range(len(values))], values, spans, rule)
    for each in found:
        assert all(share is None or 0 <= share <= 1 for share in (each.recall, each.precision))
        assert each.at_most >= each.false_alarms_per_hour >= 0
        assert (each.precision is None) == (each.alarms == 0)
        assert (each.recall is None) == (not spans)
        assert (each.seconds_to_detect is None) == (not each.recall)


def test_rules_are_written_as_the_server_reads_them(tmp_path: Path):
    path = tmp_path / "v100.toml"
    path.write_text(to_config([LOW]))
    settings = Settings.read(path)
    assert settings.alerts is not None
    assert alerts(settings.alerts) == (LOW,)
    assert tomllib.loads(path.read_text())["alerts"][0]["below"] == 60
    with pytest.raises(SettingRejected, match=r"alerts\.0"):
        alerts([{"name": "x", "reading": "vmaf"}])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_the_command_picks_limits_and_writes_them(tmp_path: Path, capsys, kind: str):
    table, labels, out = tmp_path / f"t.{kind}", tmp_path / "labels.csv", tmp_path / "a.toml"
    rows = [{"pts": at, "vmaf": value} for at, value in zip(TIMES, readings(), strict=True)]
    if kind == "csv":
        lines = [f"{row['pts']},{row['vmaf']}" for row in rows]
        table.write_text("\n".join(["pts,vmaf", *lines]))
    else:
        table.write_text("\n".join(map(json.dumps, rows)))
    labels.write_text("start,end\n600,719\n3000,3119\n")
    asked = ["tune", "alerts", "--table", str(table), "--labels", str(labels), "--out", str(out)]
    assert main(asked) == 0
    assert "100% of 2 found" in capsys.readouterr().out
    assert [rule["name"] for rule in tomllib.loads(out.read_text())["alerts"]] == ["low_vmaf"]
    labels.write_text("from,to\n1,2\n")
    assert main(asked) == 2
    assert "expected columns start and end, found from, to" in capsys.readouterr().err
