import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = ("build", "check", "demo", "test")


def machine(folder: Path, *tools: str) -> dict[str, str]:
    """The environment of a machine that has these tools only."""
    for name in ("sh", "dirname", *tools):
        found = sys.executable if name == "python3" else shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return {"PATH": str(folder)}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("tools", "message"),
    [
        ((), "Python 3.11 or newer with venv is missing. Install it with: apt-get install python3"),
        (("python3",), "Rust 1.89 or newer is missing. Install it from https://rustup.rs"),
    ],
    ids=["no python", "no rust"],
)
def test_a_script_names_what_is_missing(script, tools, message, tmp_path: Path):
    ran = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / script],
        env=machine(tmp_path, *tools),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert message in ran.stderr


def test_continuous_integration_runs_what_people_run():
    said = (ROOT / ".ci" / "run").read_text().splitlines()
    assert {"scripts/check", "scripts/test"} <= set(said)
