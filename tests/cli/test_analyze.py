import csv
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import v100_ai as v100
from tests import clips
from v100_ai.cli import main
from v100_ai.report.rows import COLUMNS

V100 = [sys.executable, "-m", "v100_ai.cli"]


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_one_run_writes_every_kind_of_file(mp4: Path, tmp_path: Path, capfd):
    out = {kind: tmp_path / f"out.{kind}" for kind in ("json", "csv", "parquet", "html")}
    options = [text for kind, path in out.items() for text in (f"--{kind}", str(path))]
    assert main(["analyze", str(mp4), *options]) == 0
    objects = rows(out["json"])
    cells = list(csv.DictReader(out["csv"].read_text().splitlines()))
    table = pq.read_table(out["parquet"])
    assert len(objects) == len(cells) == table.num_rows == 150
    assert list(cells[0]) == table.column_names == list(COLUMNS)
    for name in ("frame", "pts", "motion_magnitude"):
        known = [float(row[name]) if row[name] else None for row in cells]
        assert known == [row[name] for row in objects]
        assert table[name].to_pylist() == [row[name] for row in objects]
    assert cells[0]["motion_magnitude"] == ""
    assert sorted(tmp_path.iterdir()) == sorted(out.values())
    said = capfd.readouterr()
    assert said.out == ""
    assert "150 frames" in said.err
    assert "Motion magnitude" in said.err


def test_a_reference_fills_the_rows(mp4: Path, tmp_path: Path, capfd):
    distorted = clips.write(tmp_path / "distorted.mp4", clips.scenes(), quality=40)
    out = {kind: tmp_path / f"out.{kind}" for kind in ("json", "csv", "parquet")}
    options = [text for kind, path in out.items() for text in (f"--{kind}", str(path))]
    arguments = ["analyze", str(distorted), "--reference", str(mp4), "--align", "frame", *options]
    assert (
        main([*arguments, "--model", "vmaf_v0.6.1neg", "--layers", "visual", "--threads", "2"]) == 0
    )
    objects, table = rows(out["json"]), pq.read_table(out["parquet"])
    assert len(objects) == table.num_rows == 150
    for name in ("ssim", "psnr", "vmaf"):
        expected = v100.quality(mp4, distorted, model="vmaf_v0.6.1neg", align="frame").to_arrow()
        assert table[name].to_pylist() == expected[name].to_pylist()
        assert [float(row[name]) for row in objects] == table[name].to_pylist()
    said = capfd.readouterr().err
    assert "150 paired, 0 unpaired" in said
    assert "VMAF" in said


def test_equal_inputs_are_infinitely_alike(webm: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    assert main(["analyze", str(webm), "--reference", str(webm), "--json", str(out)]) == 0
    assert {row["psnr"] for row in rows(out)} == {"inf"}
    assert {row["ssim"] for row in rows(out)} == {1.0}


def test_cuts_black_and_freeze_are_found(mp4: Path, tmp_path: Path, capfd):
    assert main(["analyze", str(mp4), "--html", str(tmp_path / "out.html")]) == 0
    said = capfd.readouterr().err
    faults = [
        line.split()[:3] for line in said.splitlines() if line.startswith(("black", "frozen"))
    ]
    assert [fault[0] for fault in faults] == ["black", "frozen"]
    (black, frozen) = ([float(text) for text in fault[1:]] for fault in faults)
    assert black == pytest.approx([2.0, 3.0], abs=0.05)
    assert frozen == pytest.approx([4.0, 5.96], abs=0.1)


@pytest.mark.parametrize("name", ["truncated", "broken_webm"])
def test_what_was_measured_of_a_broken_file_is_written(name, request, tmp_path: Path, capfd):
    out = {kind: tmp_path / f"out.{kind}" for kind in ("json", "csv", "parquet", "html")}
    options = [text for kind, path in out.items() for text in (f"--{kind}", str(path))]
    assert main(["analyze", str(request.getfixturevalue(name)), *options]) == 1
    kept = len(rows(out["json"]))
    assert kept >= 10
    assert pq.read_table(out["parquet"]).num_rows == kept
    assert len(out["csv"].read_text().splitlines()) == kept + 1
    assert "ends after" in out["html"].read_text()
    assert f"{kept} frames kept" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "message"),
    [("sound_only", "expected a video stream, found audio"), ("nowhere.mp4", "no such file")],
)
def test_an_input_without_pictures_leaves_no_file(name, message, request, tmp_path, capfd):
    source = request.getfixturevalue(name) if name == "sound_only" else tmp_path / name
    assert main(["analyze", str(source), "--json", str(tmp_path / "out.jsonl")]) == 1
    assert message in capfd.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "COMMAND"),
        (["analyze"], "INPUT"),
        (["analyze", "a.mp4", "--layers", "sound"], "found sound"),
        (["analyze", "a.mp4", "--layers", ","], "found none"),
        (["analyze", "a.mp4", "--max-frames", "0"], "from 1, found 0"),
        (["analyze", "a.mp4", "--max-frames", "many"], "from 1, found many"),
        (["analyze", "a.mp4", "--model", "vmaf_v0.6.1"], "--model needs --reference"),
        (["analyze", "a.mp4", "--scale-to", "model"], "--scale-to needs --reference"),
        (["analyze", "a.mp4", "--threads", "2"], "--threads needs --reference"),
        (["analyze", "a.mp4", "--threads", "65"], "expected 1 to 64 threads, found 65"),
        (["analyze", "-", "--reference", "-"], "expected one input on standard input"),
        (["analyze", "a.mp4", "--max-offset", "2"], "--max-offset needs --reference"),
        (["analyze", "a.mp4", "--start", "soon"], "expected seconds or [HH:]MM:SS, found soon"),
        (["analyze", "a.mp4", "--rate", "0/1"], "expected a rate above 0"),
        (["analyze", "a.mp4", "--size", "big"], "expected WIDTHxHEIGHT, found big"),
        (["analyze", "a.mp4", "--option", "secret"], "expected KEY=VALUE"),
        (["analyze", "a.mp4", "--stream", "x"], "from 0, found x"),
        (["analyze", "a.mp4", "--format", "smell"], "FFmpeg's name of a format, found smell"),
        (["analyze", "a.yuv", "--pix-fmt", "yuv420p"], "expected the size of raw video"),
        (["dance"], "invalid choice: 'dance'"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments, message, capfd):
    assert main(arguments) == 2
    assert message in capfd.readouterr().err


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "html"])
def test_a_place_that_cannot_be_written_to_is_told_at_once(kind, webm: Path, tmp_path: Path, capfd):
    assert main(["analyze", str(webm), f"--{kind}", str(tmp_path / "no" / "out")]) == 2
    said = capfd.readouterr().err
    assert said.startswith("v100: cannot write: no such")
    assert str(tmp_path / "no") in said


def test_a_reader_that_leaves_ends_the_run():
    with subprocess.Popen(
        [*V100, "analyze", "-", "--json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        _, said = running.communicate(clips.y4m(clips.moving(3)))
    assert running.returncode == 1
    assert b"cannot write: broken pipe; 0 frames kept" in said


def test_layers_and_frames_can_be_limited(webm: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    arguments = ["--layers", "motion,visual", "--max-frames", "4", "--json", str(out)]
    assert main(["analyze", str(webm), *arguments]) == 0
    written = rows(out)
    assert [row["frame"] for row in written] == [0, 1, 2, 3]
    assert all(row["complexity"] is None and row["scene_complexity"] is None for row in written)
    assert all(row["visual"] for row in written)


@pytest.mark.parametrize("bits", [8, 10])
def test_y4m_on_a_pipe_becomes_lines_on_a_pipe(bits):
    ran = subprocess.run(
        [*V100, "analyze", "-", "--json", "-"],
        input=clips.y4m(clips.moving(6), bits),
        capture_output=True,
        check=True,
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["frame"] for line in lines] == list(range(6))
    assert b"standard input: 6 frames" in ran.stderr


def on_a_pipe(*arguments: str) -> "subprocess.Popen[bytes]":
    """The command with forty frames on its standard input, which then says nothing more."""
    running = subprocess.Popen(
        [*V100, "analyze", "-", "--json", "-", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background job ignores the interrupt, and so would everything it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert running.stdin is not None
    running.stdin.write(clips.y4m(clips.moving(40)))
    running.stdin.flush()
    return running


def test_a_kill_leaves_whole_lines():
    with on_a_pipe() as running:
        assert running.stdout is not None
        before = [running.stdout.readline() for _ in range(5)]
        running.kill()
        lines = [*before, *running.stdout.readlines()]
    assert [json.loads(line)["frame"] for line in lines] == list(range(len(lines)))
    assert all(line.endswith(b"\n") for line in lines)


def test_an_interrupt_keeps_what_was_measured(tmp_path: Path):
    page = tmp_path / "out.html"
    with on_a_pipe("--html", str(page)) as running:
        assert running.stdout is not None
        assert all(running.stdout.readline() for _ in range(5))
        running.send_signal(signal.SIGINT)
        _, said = running.communicate()
    assert running.returncode == 130
    assert b"frames kept" in said
    assert "stopped by the user" in page.read_text()
