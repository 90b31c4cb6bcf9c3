"""A database of the version before is opened, taken here, and has lost nothing; also by two servers at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.store.conftest import Wall
from v100_ai.errors import StoreUnavailable
from v100_ai.records import Append, Draft, SessionRecord
from v100_ai.store import Store
from v100_ai.store.migrations import STEPS
from v100_ai.store.schema import METADATA, VERSION

VERSIONS = Path(__file__).parent / "versions"
"""The tables as the program of each version made them: `CreateTable(table).compile(dialect=...)` of its METADATA."""


def before(url: str, version: int) -> None:
    """A database of that version, with a session that is active and one event in it."""
    kind = url.partition(":")[0]
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as db:
        for statement in (VERSIONS / f"{version}.{kind}.sql").read_text().split(";"):
            if statement.strip():
                db.execute(text(statement.replace(":", r"\:")))
        db.execute(text("INSERT INTO schema_version VALUES (:version)"), {"version": version})
        db.execute(
            text(
                "INSERT INTO sessions (id, kind, tenant, name, settings, created, state, epoch, lease, seq) "
                "VALUES ('mtg_a', 'meeting', 't', 'Review', '{}', 1.0, 'active', 3, 0.0, 1)"
            )
        )
        db.execute(
            text("INSERT INTO events VALUES ('mtg_a', 1, 3, 'evt_1', 'e', 1.0, :body)"),
            {"body": b'{"seq":1}'},
        )
    engine.dispose()


@pytest.mark.parametrize("version", sorted(STEPS))
def test_a_database_of_an_earlier_version_goes_on(url: str, wall: Wall, version: int):
    before(url, version)
    store = Store.open(url, wall=wall)
    session = store.session("mtg_a")
    assert session is not None
    assert (session.name, session.epoch, session.forgotten) == ("Review", 3, None)
    assert store.claim("mtg_a", "me", 10.0) == 4
    store.append([Append(session="mtg_a", epoch=4, events=(Draft(type="e", data={}),))])
    assert [event.seq for event in store.read("mtg_a", after=0, limit=9)] == [1, 2]
    store.add_session(
        SessionRecord(id="mtg_b", kind="meeting", tenant="t", name="n", settings={}, created=1.0)
    )
    store.close()
    again = Store.open(url, wall=wall)
    assert [one.id for one in again.sessions("t", limit=9)] == ["mtg_b", "mtg_a"]
    again.close()


@pytest.mark.parametrize("version", sorted(STEPS))
def test_it_has_the_same_columns_as_one_that_is_made_anew(url: str, wall: Wall, version: int):
    before(url, version)
    store = Store.open(url, wall=wall)
    with store._database.read() as db:
        found = inspect(db)
        columns = {
            table: {each["name"] for each in found.get_columns(table)}
            for table in found.get_table_names()
        }
        indexes = {
            table: {each["name"] for each in found.get_indexes(table)}
            for table in found.get_table_names()
        }
    store.close()
    assert columns == {name: set(table.c.keys()) for name, table in METADATA.tables.items()}
    for name, table in METADATA.tables.items():
        assert {str(each.name) for each in table.indexes} <= indexes[name]


def test_two_servers_that_start_at_once_take_it_once(url: str, wall: Wall):
    before(url, VERSION - 1)
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: Store.open(url, wall=wall), range(4)))
    for store in stores:
        assert store.session("mtg_a") is not None
        store.close()


def test_a_step_that_fails_leaves_what_was_there(
    url: str, wall: Wall, monkeypatch: pytest.MonkeyPatch
):
    before(url, VERSION - 1)

    def fail(db: object) -> None:
        raise StoreUnavailable("the lights went out")

    monkeypatch.setattr("v100_ai.store.migrations.STEPS", {**STEPS, VERSION - 1: fail})
    with pytest.raises(StoreUnavailable, match="the lights"):
        Store.open(url, wall=wall)
    monkeypatch.undo()
    store = Store.open(url, wall=wall)
    assert store.session("mtg_a") is not None
    store.close()


def test_every_earlier_version_leads_here():
    assert sorted(STEPS) == list(range(1, VERSION))
