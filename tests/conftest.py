import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests import clips
from tests.programs import left_out
from tests.servers import postgres, postgres_server, redis

__all__ = ["postgres", "postgres_server", "redis"]

# The same examples every time: who changed nothing sees nothing change. `thorough` looks for new ones.
settings.register_profile("fast", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with what was left out for want of a program."""
    skipped = terminalreporter.stats.get("skipped", ())
    told = left_out([str(report.longrepr) for report in skipped])
    if told:
        terminalreporter.write_line(told, yellow=True)


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips that are made once."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def mp4(media: Path) -> Path:
    """H.264 and AAC: a scene, a cut, black, a freeze."""
    return clips.write(media / "scenes.mp4", clips.scenes(), codec="libx264", sound="aac")


@pytest.fixture(scope="session")
def webm(media: Path) -> Path:
    return clips.write(media / "moving.webm", clips.moving(30), codec="libvpx-vp9")


@pytest.fixture(scope="session")
def ten_bit(media: Path) -> Path:
    return clips.write(media / "deep.mp4", clips.moving(30), codec="libx265", pixels="yuv420p10le")


@pytest.fixture(scope="session")
def truncated(media: Path) -> Path:
    """An MP4 with its index first, and without its last quarter."""
    whole = clips.write(
        media / "whole.mp4", clips.moving(60), codec="libx264", options={"movflags": "faststart"}
    )
    path = media / "truncated.mp4"
    content = whole.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    return path


@pytest.fixture(scope="session")
def broken_webm(media: Path, webm: Path) -> Path:
    path = media / "broken.webm"
    content = webm.read_bytes()
    path.write_bytes(content[: len(content) * 4 // 5])
    return path


@pytest.fixture(scope="session")
def sound_only(media: Path) -> Path:
    return clips.write(media / "sound.mp4", [], sound="aac", seconds=1.0)


@pytest.fixture(scope="session")
def two_sizes(media: Path) -> Path:
    """A raw H.264 stream whose pictures change from 160x96 to 96x64."""
    path = media / "sizes.h264"
    parts = [
        clips.write(media / f"{width}.h264", clips.moving(10, width, height), codec="libx264")
        for width, height in ((160, 96), (96, 64))
    ]
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path
