from collections.abc import Callable
from pathlib import Path

import pytest

from v100_ai.config import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path, mp4: Path) -> Callable[..., Settings]:
    """Settings of a server; all made by one test share a database."""

    def made(**given: object) -> Settings:
        base = {
            "database": f"sqlite:///{tmp_path}/v100.db",
            "files": mp4.parent,
            "drain_seconds": 0.5,
            "allow_private": True,
        }
        return Settings.read(None, **{**base, **given})

    return made
