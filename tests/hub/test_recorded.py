"""What sessions said of the same input before, they say now, on either database."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hub.recording import recorded
from v100_ai.config import Settings

pytestmark = pytest.mark.anyio

GOLDEN = Path(__file__).parents[1] / "golden" / "sessions.json.gz"
"""Written by this file, when what is said changes on purpose: `V100_AI_RECORD=1 pytest tests/hub/test_recorded.py -k sqlite`."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/v100.db"
    return str(request.getfixturevalue("postgres"))


async def test_the_events_of_recorded_sessions_are_what_they_were(
    settings: Callable[..., Settings],
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    def made(**given: Any) -> Settings:
        return settings(database=database, **given)

    found = await recorded(made, monkeypatch, tmp_path)
    if os.environ.get("V100_AI_RECORD"):
        GOLDEN.write_bytes(gzip.compress(json.dumps(found, indent=0).encode(), mtime=0))
    golden = json.loads(gzip.decompress(GOLDEN.read_bytes()))
    assert found.keys() == golden.keys()
    for name, events in golden.items():
        assert [each["type"] for each in found[name]] == [each["type"] for each in events], name
        for one, other in zip(found[name], events, strict=True):
            assert grown(one["data"], other["data"]), (name, one, other)


GAINED = {"lag", "frames", "worst", "score"}
"""Of a fault and of a cut: lost on their way to the log before."""


RENAMED = {"levels": "active_speaker", "speech": "transcription"}
"""Counters that have their flag's name by now."""


def grown(found: Any, golden: Any) -> bool:
    """Whether all that was said is said, and nothing else but what was gained."""
    if isinstance(golden, dict):
        golden = {RENAMED.get(name, name): each for name, each in golden.items()}
        more = found.keys() - golden.keys()
        return more <= GAINED and all(
            name in found and grown(found[name], each) for name, each in golden.items()
        )
    if isinstance(golden, list):
        return len(found) == len(golden) and all(map(grown, found, golden))
    return bool(found == (pytest.approx(golden, rel=1e-9) if isinstance(golden, float) else golden))
