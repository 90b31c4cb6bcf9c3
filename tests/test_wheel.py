"""The wheel as people install it: what it runs on, and that every extra can be had with it."""

import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXTRAS = sorted(
    tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
)
NEWEST = (2, 17)
"""The version of glibc that the wheel may need at most."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def wheel() -> Path:
    subprocess.run([ROOT / "scripts" / "build", "x86_64-unknown-linux-gnu"], check=True)
    (found,) = (ROOT / "dist").glob("*manylinux*_x86_64.whl")
    return found


def test_its_tag_and_its_symbols_are_those_of_an_old_linux(wheel: Path):
    assert re.search(r"cp311-abi3-(manylinux2014_x86_64\.)?manylinux_2_17_x86_64\.whl$", wheel.name)
    with zipfile.ZipFile(wheel) as packed:
        (native,) = (name for name in packed.namelist() if name.endswith("_native.abi3.so"))
        needed = re.findall(rb"GLIBC_(\d+)\.(\d+)", packed.read(native))
    assert needed
    assert max((int(major), int(minor)) for major, minor in needed) <= NEWEST


def test_it_installs_into_an_empty_environment_and_measures(wheel: Path, tmp_path: Path):
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    told = "import v100_ai, numpy; print(v100_ai.FrameAnalyzer().push(numpy.zeros((72, 128), 'u1'), 0.0))"
    ran = subprocess.run(
        [python, "-c", told], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert ran.stdout.startswith("Reading(frame=0")


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_extra_can_be_had_with_it(wheel: Path, extra: str):
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    subprocess.run([*asked, f"{wheel}[{extra}]"], check=True)
