"""The layer that docs/layers.md shows is added as it stands there: six files, and it is told, asked for and reported."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import v100_ai

ROOT = Path(__file__).parents[2]
PACKAGE = Path(v100_ai.__file__).parent
PART = re.compile(r"^[^\n]*`([a-z_/]+\.py)`:\n\n```python\n(.*?)```", re.MULTILINE | re.DOTALL)

MEETING = """
import anyio, json, sys
from v100_ai.client.routes import MeetingRoutes
from v100_ai.api import documents
from v100_ai.hub import embedded
from v100_ai.highlights.model import Segment
from v100_ai.report.session import collect
from v100_ai.report.session_page import document


async def main():
    async with embedded(database=f"sqlite:///{sys.argv[1]}/v100.db") as runs:
        session = await runs.meeting("M", words_a_minute={"least": 2})
        says = lambda at, text: Segment(id=str(at), participant="a", start=at, end=at + 1, text=text)
        await session.captions([says(1.0, "one two three")])
        runs.hub.live.clear()
    async with embedded(database=f"sqlite:///{sys.argv[1]}/v100.db") as runs:
        session = await runs.hub.session(session.id)
        await session.captions([says(1.0, "one two three"), says(30.0, "four"), says(61.0, "five")])
        await runs.hub.end(session.id, "ended")
        events = [json.loads(one.body) for one in runs.store.read(session.id, after=0, limit=100)]
    print(json.dumps({
        "told": [each["data"] for each in events if each["type"] == "words.counted"],
        "report": document(collect(events))["words_a_minute"],
        "documented": "words.counted" in documents.asyncapi()["components"]["messages"],
    }))


anyio.run(main)
"""


def added(package: Path) -> list[str]:
    """Add the layer to a copy of the package; the files that were made or changed."""
    touched = []
    for name, text in PART.findall((ROOT / "docs" / "layers.md").read_text()):
        path = package / name
        touched.append(name)
        if path.exists():
            path.write_text(changed(path.read_text(), text))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    return touched


def changed(old: str, lines: str) -> str:
    """The file with these lines in it: imports before all others, the rest below the line that stands in it already."""
    place = 0
    for line in lines.splitlines():
        if line.startswith("from "):
            first = old.index("\nfrom v100_ai") + 1
            old = old[:first] + line + "\n" + old[first:]
        elif f"{line}\n" in old and not line.startswith(" "):
            place = old.index(f"{line}\n") + len(line) + 1
        else:
            old = old[:place] + line + "\n" + old[place:]
            place += len(line) + 1
    return old


def test_one_folder_one_flag_and_one_lane_make_a_layer(tmp_path: Path):
    copy = tmp_path / "v100_ai"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "_native*.so"))
    for native in PACKAGE.glob("_native*.so"):
        (copy / native.name).symlink_to(native)
    touched = added(copy)
    assert len(touched) == len(set(touched)) == 6
    done = subprocess.run(
        [sys.executable, "-c", MEETING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["told"] == [{"at": 60.0, "words": 4}]
    assert found["report"] == [[60.0, 4.0]]
    assert found["documented"]
