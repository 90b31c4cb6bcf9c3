"""The user's files are safe, and the results come home."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests import clips
from v100_ai.cli import main
from v100_ai.report import targets

V100 = [sys.executable, "-m", "v100_ai.cli"]


@pytest.fixture
def clip(webm: Path, tmp_path: Path) -> Path:
    """A clip of its own, that may be lost."""
    return Path(shutil.copy(webm, tmp_path / "clip.webm"))


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "html", "summary"])
@pytest.mark.parametrize("by", ["name", "link", "hard link", "path"])
def test_no_output_is_the_input(kind, by, clip: Path, tmp_path: Path, capfd):
    content, target = clip.read_bytes(), tmp_path / "other"
    match by:
        case "name":
            target = clip
        case "link":
            target.symlink_to(clip)
        case "hard link":
            target.hardlink_to(clip)
        case _:
            target = tmp_path / ".." / tmp_path.name / clip.name
    assert main(["analyze", str(clip), f"--{kind}", str(target)]) == 2
    assert "found that of the input" in capfd.readouterr().err
    assert clip.read_bytes() == content


@pytest.mark.parametrize("name", ["file:{clip}", "concat:{clip}|{clip}"])
def test_no_output_is_the_input_by_another_name_of_ffmpegs(name, clip: Path, capfd):
    content = clip.read_bytes()
    assert main(["analyze", name.format(clip=clip), "--json", str(clip)]) == 2
    assert clip.read_bytes() == content


def test_no_output_is_one_of_a_sequence_of_images(tmp_path: Path, capfd):
    (tmp_path / "007.png").write_bytes(b"a picture")
    arguments = ["analyze", str(tmp_path / "%03d.png"), "--json", str(tmp_path / "007.png")]
    assert main(arguments) == 2
    assert (tmp_path / "007.png").read_bytes() == b"a picture"


def test_no_output_is_the_reference(clip: Path, webm: Path):
    arguments = ["analyze", str(webm), "--reference", str(clip), "--json", str(clip)]
    content = clip.read_bytes()
    assert main(arguments) == 2
    assert clip.read_bytes() == content


@pytest.mark.parametrize(
    "names", [("out", "out"), ("out", "./out"), ("-", "/dev/stdout"), ("-", "-")]
)
def test_no_output_is_written_twice(names, clip: Path, tmp_path: Path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["analyze", str(clip), "--json", names[0], "--csv", names[1]]) == 2
    assert "found that of --json" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "html", "summary"])
def test_a_device_is_written_through(kind, clip: Path):
    before = os.stat("/dev/null")  # noqa: PTH116 - the node itself
    assert main(["analyze", str(clip), f"--{kind}", "/dev/null"]) == 0
    assert os.stat("/dev/null") == before  # noqa: PTH116


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "html", "summary"])
def test_a_line_is_standard_output_for_every_kind(kind, clip: Path, tmp_path: Path):
    ran = subprocess.run(
        [*V100, "analyze", str(clip), f"--{kind}", "-"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    assert ran.stdout.startswith(
        {
            "json": b'{"frame"',
            "csv": b"frame,",
            "parquet": b"PAR1",
            "html": b"<!doctype html>",
            "summary": b"{",
        }[kind]
    )
    assert [each.name for each in tmp_path.iterdir()] == [clip.name]


def test_a_link_stays_one(clip: Path, tmp_path: Path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "folder" / "page.html")
    assert main(["analyze", str(clip), "--html", str(link)]) == 0
    assert link.is_symlink()
    assert "<!doctype html>" in link.read_text()


@pytest.mark.parametrize("kind", ["json", "csv", "parquet", "html", "summary"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [(".", "is a folder"), ("x" * 300, "file name too long"), ("no/out", "no such folder")],
)
def test_a_target_that_cannot_be_is_told_before_the_first_frame(kind, name, reason, clip, capfd):
    assert main(["analyze", str(clip), f"--{kind}", f"{clip.parent}/{name}"]) == 2
    said = capfd.readouterr().err
    assert "cannot write: " in said
    assert reason in said
    assert "frames" not in said


def test_names_as_long_as_the_file_system_allows_are_written(clip: Path, tmp_path: Path):
    name = "x" * 250
    options = ["--html", str(tmp_path / f"{name}.html"), "--parquet", str(tmp_path / f"{name}.pq")]
    assert main(["analyze", str(clip), *options]) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_a_target_that_fails_at_the_end_loses_nothing_else(clip: Path, tmp_path: Path, capfd):
    out = tmp_path / "out.jsonl"
    assert main(["analyze", str(clip), "--html", "/dev/full", "--json", str(out)]) == 4
    said = capfd.readouterr().err
    assert "30 frames" in said
    assert "Motion magnitude" in said
    assert "cannot write: no space left on device: /dev/full" in said
    assert len(out.read_text().splitlines()) == 30


def test_a_target_that_fails_on_the_way_loses_nothing_else(clip: Path, tmp_path: Path, capfd):
    out = tmp_path / "out.parquet"
    assert main(["analyze", str(clip), "--json", "/dev/full", "--parquet", str(out)]) == 4
    assert "/dev/full" in capfd.readouterr().err
    assert pq.read_table(out).num_rows == 30


def test_a_name_that_is_no_text_gets_its_report(clip: Path, tmp_path: Path):
    path = tmp_path / "bad\udcff.webm"
    clip.rename(path)
    assert main(["analyze", str(path), "--html", str(tmp_path / "out.html")]) == 0
    assert "bad�.webm" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_a_signal_ends_a_run_as_the_keyboard_does(tmp_path: Path):
    out = {kind: tmp_path / f"out.{kind}" for kind in ("html", "parquet", "summary")}
    options = [text for kind, path in out.items() for text in (f"--{kind}", str(path))]
    with subprocess.Popen(
        [*V100, "analyze", "-", "--json", "-", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(clips.y4m(clips.moving(40)))
        running.stdin.flush()
        assert all(running.stdout.readline() for _ in range(5))
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate()
    assert running.returncode == 143
    assert b"stopped; " in said
    assert sorted(tmp_path.iterdir()) == sorted(out.values())
    assert pq.read_table(out["parquet"]).num_rows >= 5
    assert "stopped by a signal" in out["html"].read_text()


def test_what_cannot_be_decoded_is_said_everywhere(tmp_path: Path, capfd):
    path = tmp_path / "zeroed.mp4"
    content = bytearray(clips.write(path, clips.moving(25)).read_bytes())
    begin, end = content.find(b"mdat") + 4, content.find(b"moov") - 4
    content[begin:end] = bytes(end - begin)
    path.write_bytes(content)
    out = {kind: tmp_path / f"out.{kind}" for kind in ("html", "json", "summary")}
    options = [text for kind, path_ in out.items() for text in (f"--{kind}", str(path_))]
    assert main(["analyze", str(path), "--json-header", *options]) == 1
    reason = "0 of 25 frames could be decoded"
    assert reason in capfd.readouterr().err
    first, last = (json.loads(line) for line in out["json"].read_text().splitlines())
    assert (first["codec"], first["coded"]) == ("h264", [160, 96])
    assert reason in last["lost"]
    assert reason in json.loads(out["summary"].read_text())["lost"]
    assert reason in out["html"].read_text()


def told(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_the_summary_is_the_companion_of_the_rows(tmp_path: Path, capfd):
    path = clips.write(tmp_path / "hole.ts", clips.moving(75), times=[*range(50), *range(125, 150)])
    out = tmp_path / "out.json"
    assert main(["analyze", str(path), "--layers", "motion", "--summary", str(out)]) == 0
    found = told(out)
    assert found["input"]["codec"] == "h264"
    (gap,) = found["gaps"]
    assert gap["end"] - gap["start"] == pytest.approx(3.04)
    assert [each["kind"] for each in found["faults"]] == ["frozen"]
    assert found["warnings"] == ["no frames for 3.04 s, at 2.04 s"]
    assert found["measures"]["motion_magnitude"]["frames"] == 74
    assert "warning: no frames for 3.04 s" in capfd.readouterr().err
    assert main(["analyze", str(path), "--layers", "motion", "--strict"]) == 3


def test_a_comparison_tells_its_doubts_and_pools_by_error(webm: Path, tmp_path: Path, capfd):
    pictures = list(clips.moving(30))
    pictures[12] = pictures[12] * 0
    reference = clips.write(tmp_path / "r.mkv", clips.moving(30), codec="ffv1")
    path = clips.write(tmp_path / "d.mkv", pictures, codec="ffv1")
    out = tmp_path / "out.json"
    arguments = ["analyze", str(path), "--reference", str(reference), "--align", "frame"]
    assert main([*arguments, "--layers", "visual", "--summary", str(out), "--ssim-db"]) == 0
    found = told(out)
    psnr = found["measures"]["psnr"]
    assert (psnr["equal"], psnr["frames"], psnr["max"]) == (29, 30, "inf")
    assert psnr["mean"] == pytest.approx(psnr["min"] + 14.77, abs=0.01)
    said = capfd.readouterr().err
    assert "29 of 30 frames equal" in said
    assert "SSIM" in said
    assert " dB" in said


def test_what_was_brought_to_what_is_a_note_and_no_doubt(tmp_path: Path, capfd):
    reference = clips.write(tmp_path / "r.mp4", clips.moving(20), quality=4)
    path = clips.write(tmp_path / "d.mp4", clips.moving(20), pixels="yuvj420p", quality=4)
    out = tmp_path / "out.json"
    arguments = ["analyze", str(path), "--reference", str(reference), "--layers", "motion"]
    assert main([*arguments, "--strict", "--summary", str(out)]) == 0
    told_of = "the distorted input's full range was brought to limited"
    assert (told(out)["notes"], told(out)["warnings"]) == ([told_of], [])
    assert f"note: {told_of}" in capfd.readouterr().err


def test_files_are_tried_without_leaving_a_trace(tmp_path: Path):
    targets.check({"html": str(tmp_path / "out.html")}, [])
    assert list(tmp_path.iterdir()) == []
