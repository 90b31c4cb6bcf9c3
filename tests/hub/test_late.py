"""A source at pace live that falls behind says so, says when it is in time again, or ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from v100_ai.config import Settings
from v100_ai.hub import Embedded, embedded
from v100_ai.hub.sources import STEADY_S, Behind, _late, spec
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings
from v100_ai.worker import Stats

pytestmark = pytest.mark.anyio


async def stream(runs: Embedded, **asked: Any) -> Session:
    settings = SessionSettings.model_validate({"layers": {"visual": True}, **asked})
    session = await runs.hub.create(runs.hub.prepared("stream", "default", "S", settings))
    assert isinstance(session, Session)
    return session


def told(runs: Embedded, session: Session) -> list[tuple[str, dict[str, Any]]]:
    found = runs.store.read(session.id, after=0, limit=100)
    return [
        (one.type, json.loads(one.body)["data"]) for one in found if one.type.startswith("source.")
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read(None, database=f"sqlite:///{tmp_path / 'v100.db'}", drain_seconds=0)


async def test_it_is_told_once_and_once_more_when_it_is_steadily_in_time(settings: Settings):
    async with embedded(settings) as runs:
        session, behind, now = await stream(runs), Behind(), [100.0]
        session.clock = lambda: now[0]
        for lag, dropped in [
            (0.1, 0), (2.0, 0), (2.4, 3), (2.2, 9), (0.4, 12), (1.0, 12),
            *[(0.1, 12)] * (round(STEADY_S) + 1), (0.1, 12),
        ]:  # fmt: skip
            assert await _late(session, Stats(lag=lag, dropped=dropped), behind, None) is None
            now[0] += 1.0
        (first, one), (second, other) = told(runs, session)
        assert (first, one) == ("source.behind", {"at": 102.0, "lag": 2.4, "dropped": 3})
        assert second == "source.caught_up"
        assert (other["lasted"], other["dropped"]) == (STEADY_S + 4, 12)


async def test_where_it_is_asked_for_it_ends(settings: Settings):
    async with embedded(settings) as runs:
        session = await stream(runs, late="end")
        ended = await _late(session, Stats(lag=2.31), Behind(), None)
        assert ended == "the source fell behind by 2.3 s"
        assert [each for each, _ in told(runs, session)] == ["source.behind"]


@pytest.mark.parametrize(("asked", "spoken"), [("drop", "drop"), ("keep", "keep"), ("end", "keep")])
async def test_the_worker_is_told_what_becomes_of_frames_that_are_late(
    settings: Settings, tmp_path: Path, asked: str, spoken: str
):
    settings = settings.model_copy(update={"files": tmp_path})
    async with embedded(settings) as runs:
        session = await stream(runs, late=asked)
        object.__setattr__(
            session, "settings", session.settings.model_copy(update={"source": "a.mp4"})
        )
        assert spec(session, settings, (), None).late == spoken
