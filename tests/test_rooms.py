"""The map, held to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "python" / "v100_ai"
PYTHON = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
RUST = sorted((ROOT / "rust").rglob("*.rs"))
ASSETS = sorted((PACKAGE / "report" / "assets").iterdir())

LONGEST = 400
UNSAFE = {
    "rust/core/src/cpu.rs",
    "rust/core/tests/quality_memory.rs",
    "rust/py/src/buffer.rs",
    "rust/turn/src/socket.rs",
}
"""Files that may say unsafe, beside the kernels' own."""

KERNELS = r"rust/core/src/kernel/(block|memory|[a-z]+/(avx2|avx512|neon))\.rs"
"""Loads and stores, and what is written with intrinsics."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_map_was_found():
    assert len(PYTHON) > 40
    assert len(RUST) > 8
    assert {path.suffix for path in ASSETS} == {".css", ".html", ".js"}


@pytest.mark.parametrize("path", [*PYTHON, *RUST, *ASSETS], ids=named)
def test_no_file_outgrows_its_reader(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if path.is_relative_to(PACKAGE)], ids=named
)
def test_every_room_says_what_it_is(path: Path):
    assert path.read_text().startswith('"""')


def test_only_a_few_rooms_by_name_cross_into_rust():
    users = {
        path
        for path in PYTHON
        if path.is_relative_to(PACKAGE)
        and re.search(r"import .*_native|_native import", path.read_text())
    }
    assert users
    doors = [
        PACKAGE / "analyzers",
        PACKAGE / "frames" / "formats.py",
        PACKAGE / "tap",
        PACKAGE / "director" / "speaker.py",
        PACKAGE / "rooms" / "server.py",
        PACKAGE / "viral" / "model.py",
        PACKAGE / "viral" / "sound.py",
    ]
    assert all(any(path.is_relative_to(door) for door in doors) for path in users)


def test_only_the_door_says_pyo3():
    users = {path for path in RUST if "pyo3" in path.read_text()}
    assert users
    assert all(path.is_relative_to(ROOT / "rust" / "py") for path in users)


def test_unsafe_stays_in_its_named_files():
    says = re.compile(r"\bunsafe\s*(\{|fn|impl|trait)")
    users = {named(path) for path in RUST if says.search(path.read_text())}
    assert users >= UNSAFE
    assert [each for each in users - UNSAFE if not re.fullmatch(KERNELS, each)] == []


def test_the_clock_is_looked_at_in_one_room():
    looks = re.compile(
        r"^(import|from) time\b|\b(date|datetime)\.(now|today|utcnow)\b", re.MULTILINE
    )
    users = {
        path.name
        for path in PYTHON
        if path.is_relative_to(PACKAGE) and looks.search(path.read_text())
    }
    assert users == {"clock.py"}
