import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import InternalError

from tests.store.conftest import Made, Wall, owned
from v100_ai.errors import Fenced, SettingRejected, StoreBusy, StoreUnavailable
from v100_ai.records import Append, Draft, Stored
from v100_ai.store import Store, dialect


def test_what_is_kept_is_there_when_it_is_opened_again(url: str, wall: Wall):
    for _ in range(2):
        store = Store.open(url, wall=wall)
        store.check()
        store.verify()
        store.close()


def test_several_processes_may_open_a_new_database_at_once(url: str, wall: Wall):
    with ThreadPoolExecutor(6) as pool:
        for store in pool.map(lambda _: Store.open(url, wall=wall), range(6)):
            store.check()
            store.close()


def test_a_number_beyond_the_database_is_at_most_a_value_error(store: Store, made: Made):
    with suppress(ValueError):
        assert store.read(made(), after=10**30, limit=9) == []


def test_tables_of_a_newer_program_are_left_alone(url: str, wall: Wall, store: Store):
    with store._database.write() as db:
        db.execute(text("UPDATE schema_version SET version = 99"))
    with pytest.raises(StoreUnavailable, match=r"version 99, .* version 2"):
        Store.open(url, wall=wall)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://root:secret@localhost/x", "sqlite://", "sqlite:///:memory:"],
)
def test_a_url_that_leads_to_no_database_is_refused(url: str, wall: Wall):
    with pytest.raises(SettingRejected, match="expected sqlite:///path or postgresql") as refused:
        Store.open(url, wall=wall)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path, wall: Wall):
    with pytest.raises(StoreUnavailable, match="No such file") as told:
        Store.open(f"postgresql://me:secret@/x?host={tmp_path}", wall=wall)
    assert "secret" not in str(told.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path, wall: Wall):
    path = tmp_path / "v100.db"
    path.write_text("not a database, but long enough to be taken for one " * 99)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Store.open(f"sqlite:///{path}", wall=wall)
    with pytest.raises(StoreUnavailable, match="unable to open"):
        Store.open(f"sqlite:///{tmp_path}/none/v100.db", wall=wall)


def test_sqlite_is_durable_and_lets_readers_go_on(tmp_path: Path, wall: Wall):
    store = Store.open(f"sqlite:///{tmp_path}/v100.db", wall=wall)
    with store._database.read() as db:
        assert db.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert db.execute(text("PRAGMA synchronous")).scalar() == 2
    store.close()


def test_a_file_that_another_process_writes_is_busy(tmp_path: Path, wall: Wall):
    store = Store.open(f"sqlite:///{tmp_path}/v100.db?timeout=0.01", wall=wall)
    other = create_engine(f"sqlite:///{tmp_path}/v100.db")
    with other.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="locked"):
            store.release("mtg_a", 1)
        store.check()
    other.dispose()
    store.release("mtg_a", 1)
    store.close()


def test_a_full_disk_is_told_and_costs_nothing_that_was_told(tmp_path: Path, wall: Wall):
    store = Store.open(f"sqlite:///{tmp_path}/v100.db", wall=wall)
    session, told = owned(store), list[Stored]()
    big = Append(session=session, epoch=1, events=(Draft(type="e", data={"x": "x" * 50_000}),))
    with store._database.read() as db:
        limited: sqlite3.Connection = db.connection.dbapi_connection  # type: ignore[assignment]
    limited.execute("PRAGMA max_page_count = 100")

    def fill() -> None:
        for _ in range(100):
            (events,) = store.append([big])
            assert not isinstance(events, Fenced)
            told.extend(events)

    with pytest.raises(StoreUnavailable, match="full") as full:
        fill()
    assert not isinstance(full.value, StoreBusy)
    assert told
    assert store.read(session, after=0, limit=999) == told
    limited.execute("PRAGMA max_page_count = 10000")
    (events,) = store.append([big])
    assert store.read(session, after=0, limit=999) == [*told, *events]  # type: ignore[misc]
    store.verify()
    store.close()


def test_what_was_to_be_written_is_not_in_an_error(store: Store, made: Made):
    session = made()
    with pytest.raises(ValueError, match=r".") as told:
        store.append(
            [
                Append(
                    session=session,
                    epoch=1,
                    events=(Draft(type="\ud800 secret", data={}),),
                )
            ]
        )
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("raised", "passes"),
    [
        (psycopg.errors.IdleInTransactionSessionTimeout, True),
        (psycopg.errors.UndefinedTable, False),
        (psycopg.errors.InternalError_, False),
    ],
)
def test_a_transaction_that_was_ended_for_standing_still_is_tried_again(
    raised: type[psycopg.Error],
    passes: bool,  # noqa: FBT001
):
    error = InternalError("INSERT", {}, raised("terminating connection"))
    assert dialect.passing(error) is passes
