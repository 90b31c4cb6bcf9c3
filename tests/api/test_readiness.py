"""Ready means that work is taken: a database that takes nothing is told, once, and so is that it does again."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event

from tests.api.running import Api, running, until
from tests.servers import Postgres

pytestmark = pytest.mark.anyio

CAPTION = {"participant": "a", "start": 0.0, "end": 1.0, "text": "hello"}
Outage = Callable[[Api, Path], Any]


@contextmanager
def pragma(api: Api, bad: str, good: str) -> Iterator[None]:
    """A setting of SQLite on every connection of the service, which does to it what a disk would."""
    engine = api.service.store._database._engine
    now = [bad]

    def prepare(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA {now[0]}")

    event.listen(engine, "checkout", prepare)
    try:
        yield
    finally:
        now[0] = good


def full(api: Api, folder: Path) -> Any:
    # As large as it is by now, and no larger.
    with sqlite3.connect(folder / "v100.db") as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.close()
    return pragma(api, f"max_page_count = {pages}", "max_page_count = 1073741823")


def read_only(api: Api, folder: Path) -> Any:
    return pragma(api, "query_only = 1", "query_only = 0")


@contextmanager
def locked(api: Api, folder: Path) -> Iterator[None]:
    other = sqlite3.connect(folder / "v100.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


async def ready(api: Api) -> tuple[int, dict[str, Any]]:
    answer = await api.http.get("/readyz")
    return answer.status_code, answer.json()


async def tried(api: Api, meeting: str, times: int) -> set[int]:
    """Captions, large enough that a disk without room notices."""
    found = set()
    for number in range(times):
        said = [
            CAPTION | {"start": n, "end": n + 1, "text": f"{number} " + "x" * 4000}
            for n in range(20)
        ]
        answer = await api.http.post(f"/v1/meetings/{meeting}/captions", json=said)
        found.add(answer.status_code)
    return found


@pytest.mark.parametrize(
    ("reason", "how"), [("full", full), ("read_only", read_only), ("locked", locked)]
)
async def test_a_database_that_cannot_be_written_makes_the_server_unready(
    folder: Path, reason: str, how: Outage
):
    database = f"sqlite:///{folder / 'v100.db'}?timeout=0.02"
    with structlog.testing.capture_logs() as lines:
        async with running(folder, database=database) as api:
            meeting = await api.meeting()
            assert await ready(api) == (200, {"status": "ready"})
            api.service.hub.writer._patience = 0.05
            with how(api, folder):
                assert await tried(api, meeting, 3) == {503}
                for _ in range(3):
                    status, told = await ready(api)
                    assert (status, told["status"], told["reason"]) == (503, "database", reason)
                    assert str(folder) not in str(told)
                answer = await api.http.get(f"/v1/meetings/{meeting}")
                assert answer.status_code == 200, "reads go on"
                counted = (await api.http.get("/metrics")).text
                assert "v100_database_outage 1.0" in counted
            assert await ready(api) == (200, {"status": "ready"})
            assert await tried(api, meeting, 1) == {202}
            assert "v100_database_outage 0.0" in (await api.http.get("/metrics")).text
    assert told_of(lines) == [("database.outage", reason), ("database.back", reason)]


def told_of(lines: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What an operator reads of it."""
    loud = [each for each in lines if each["log_level"] in {"warning", "error"}]
    return [(each["event"], each.get("reason", "")) for each in loud]


async def test_nobody_has_to_write_for_the_lock_of_another_process_to_be_told(folder: Path):
    database = f"sqlite:///{folder / 'v100.db'}?timeout=0.02"
    async with running(folder, database=database) as api:
        api.service.store.health.written -= 60
        with locked(api, folder):
            assert (await ready(api))[1]["reason"] == "locked"
        assert (await ready(api))[0] == 200


async def test_whoever_asks_does_not_wait_for_a_database_that_does_not_answer(folder: Path):
    async with running(folder) as api:
        api.service.store.health.written -= 60
        with locked(api, folder):
            # SQLite itself waits for five seconds.
            assert (await ready(api))[1]["reason"] == "locked"
        await until(lambda: api.service.store.health.outage is None)
        assert (await ready(api))[0] == 200


async def test_a_server_of_databases_that_is_away_makes_the_server_unready(
    folder: Path, postgres: str, postgres_server: Postgres
):
    with structlog.testing.capture_logs() as lines:
        async with running(folder, database=postgres) as api:
            meeting = await api.meeting()
            api.service.hub.writer._patience = 0.05
            postgres_server.crash()
            try:
                assert await tried(api, meeting, 2) == {503}
                status, told = await ready(api)
                assert (status, told["reason"]) == (503, "away")
                # Who it was before is remembered: whoever watches sees what is the matter.
                assert "v100_database_outage 1.0" not in (await api.http.get("/metrics")).text
            finally:
                postgres_server.start()
            assert await ready(api) == (200, {"status": "ready"})
            assert await tried(api, meeting, 1) == {202}
    assert told_of(lines) == [("database.outage", "away"), ("database.back", "away")]
