import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests import clips
from tests.worker.test_hostile import mutated

COUNT = 2000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 24
ROOT = Path(__file__).parents[2]


class Measurer:
    """A process that measures files one after the other; another one where FFmpeg crashed."""

    def __init__(self) -> None:
        self.crashes = 0
        self._begin()

    def _begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.mutated"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def measure(self, *names: Path) -> tuple[int, list[dict[str, object]]] | None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("|".join(map(str, names)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            # Our own code may not raise; only a signal ends the process.
            assert self.process.wait() < 0
            self.crashes += 1
            self._begin()
            return None
        readable, became = json.loads(line)
        return readable, became

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.mark.timeout(60 + 2 * COUNT)
def test_no_mutated_file_is_measured_in_part_without_a_word(tmp_path: Path):
    """With a reference and without: an exit status, no traceback, and a line where pictures are missing."""
    seeds = [
        clips.write(tmp_path / f"seed.{kind}", clips.moving(12, 64, 48), codec=codec)
        for kind, codec in (
            ("mp4", "libx264"),
            ("mkv", "libx265"),
            ("ts", "mpeg2video"),
            ("webm", "libvpx-vp9"),
        )
    ]
    chance = random.Random(COUNT)  # noqa: S311 - the same faults each time
    measurer, measured = Measurer(), 0
    for number in range(COUNT):
        seed = seeds[number % len(seeds)]
        path = tmp_path / f"{number}{seed.suffix}"
        path.write_bytes(mutated(seed.read_bytes(), chance))
        found = measurer.measure(path, seed, tmp_path / "out.json")
        path.unlink()
        if found is None:
            continue
        readable, became = found
        for each in became:
            assert each["status"] in {0, 1}, each
            silent = each["status"] == 0 and not each["told"]
            assert not (silent and int(str(each["frames"])) < readable), (each, readable)
            measured += each["status"] == 0
    measurer.close()
    assert measured > COUNT // 8
    assert measurer.crashes <= COUNT // 100
