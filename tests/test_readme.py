"""What the README says, tried."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from v100_ai.measures import MEASURES, OUTWARD

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("v100 ")
]


def test_there_are_examples():
    assert len(PYTHON) >= 2
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("code", PYTHON)
def test_the_examples_in_python_run(code, mp4: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "talk.mp4").write_bytes(mp4.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own words


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(command, mp4: Path, tmp_path: Path):
    (tmp_path / "talk.mp4").write_bytes(mp4.read_bytes())
    said = {
        "id": "s1",
        "participant": "alice",
        "start": 0.0,
        "end": 2.0,
        "text": "Who sends the report?",
    }
    (tmp_path / "meeting.jsonl").write_text(json.dumps(said))
    words = shlex.split(command, comments=True)[1:]
    if words[0] == "bench":
        words.append("--help")
    subprocess.run(
        [sys.executable, "-m", "v100_ai.cli", *words], cwd=tmp_path, check=True, capture_output=True
    )


def test_every_measure_stands_in_the_table():
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", README, re.MULTILINE))
    assert list(rows) == [each.path for each in MEASURES]
    for each in MEASURES:
        assert rows[each.path] == f"{each.unit} | {each.definition}"


def test_every_outward_field_is_named():
    assert all(f"`{name}`" in README for name in OUTWARD)


@pytest.mark.parametrize("name", re.findall(r"\]\(((?!http)[^)#]+)\)", README))
def test_links_lead_somewhere(name):
    assert (ROOT / name).exists()
