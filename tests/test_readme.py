"""What the README says, tried."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import program
from tests.serving import Server
from v100_ai.measures import MEASURES, OUTWARD

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MEASURED = (ROOT / "docs" / "measures.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
CURL = [block for block in SHELL if block.startswith("curl ")]
COMMANDS = [
    line
    for block in SHELL
    for line in block.splitlines()
    if line.startswith("v100 ") and not line.startswith("v100 serve")
]
SERVICE = "http://127.0.0.1:8100"


def test_there_are_examples():
    assert len(PYTHON) >= 2
    assert len(COMMANDS) >= 3
    assert CURL


@pytest.fixture(scope="module")
def service(mp4: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the README says to start, on a port of its own."""
    (line,) = [line for block in SHELL for line in block.splitlines() if "v100 serve" in line]
    folder = tmp_path_factory.mktemp("service")
    (folder / "talk.mp4").write_bytes(mp4.read_bytes())
    words = shlex.split(line, comments=True)[2:]
    with Server(*words, folder=folder, errors=subprocess.DEVNULL, drain_seconds=0) as server:
        yield server.url
        server.stop()


@pytest.mark.parametrize("code", [code for code in PYTHON if SERVICE not in code])
def test_the_examples_in_python_run(code, mp4: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "talk.mp4").write_bytes(mp4.read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own words


@pytest.mark.parametrize("code", [code for code in PYTHON if SERVICE in code])
def test_the_examples_with_a_service_run(code: str, service: str, capsys):
    code = code.replace(SERVICE, service)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102 - our own words
    assert "session.ended" in capsys.readouterr().out


@pytest.mark.parametrize("block", CURL)
def test_the_examples_with_curl_run(block: str, service: str):
    program("curl", package="curl")
    ran = subprocess.run(
        ["/bin/sh", "-euc", block.replace(SERVICE, service)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert '"state":"active"' in ran.stdout
    assert '"items":[' in ran.stdout


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
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", MEASURED, re.MULTILINE))
    assert list(rows) == [each.path for each in MEASURES]
    for each in MEASURES:
        assert rows[each.path] == f"{each.unit} | {each.definition}"


def test_every_outward_field_is_named():
    assert all(f"`{name}`" in README for name in OUTWARD)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    for name in re.findall(r"\]\(((?!http)[^)#]+)\)", page.read_text()):
        assert (page.parent / name).exists(), name


def test_every_page_stands_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text()
    assert all(f"]({page.name})" in index for page in PAGES if page.name != "README.md")


def test_every_extra_stands_in_the_table():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert all(f"`v100_ai[{extra}]`" in README for extra in project["optional-dependencies"])
