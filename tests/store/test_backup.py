"""A copy is whole whatever is written meanwhile; what is restored goes on under new epochs."""

import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import COMMAND, Server
from tests.store.conftest import Wall, owned
from v100_ai.errors import SettingRejected, StoreUnavailable
from v100_ai.records import Append, Draft
from v100_ai.store import Store
from v100_ai.store.backup import LEAP, backup, restore

EVENT = Draft(type="e", data={"text": "x" * 2_000})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "v100.db"


@pytest.fixture
def store(path: Path, wall: Wall) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{path}", wall=wall)
    yield opened
    opened.close()


def write(store: Store, session: str, count: int = 1) -> int:
    """The number of the last event, durable."""
    (events,) = store.append([Append(session=session, epoch=1, events=(EVENT,) * count)])
    assert isinstance(events, tuple)
    return events[-1].seq


def test_a_copy_made_while_others_write_is_whole_and_has_all_from_before(
    store: Store, path: Path, tmp_path: Path, wall: Wall
):
    session = owned(store)
    write(store, session, 200)
    stopped = threading.Event()

    def go_on() -> None:
        while not stopped.is_set():
            write(store, session)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        for number in range(3):
            before = store.span(session)
            assert before is not None
            copy = tmp_path / f"{number}.db"
            assert backup(f"sqlite:///{path}", copy) == copy.stat().st_size
            read = Store.open(f"sqlite:///{copy}", wall=wall)
            seqs = [event.seq for event in read.read(session, after=0, limit=100_000)]
            read.verify()
            read.close()
            assert seqs == list(range(1, len(seqs) + 1))
            assert len(seqs) >= before.last
    finally:
        stopped.set()
        thread.join()
    assert not list(tmp_path.glob(".*")), "nothing half made is left"


def test_what_is_restored_belongs_to_nobody_and_its_readers_begin_anew(
    store: Store, path: Path, tmp_path: Path, wall: Wall
):
    session = owned(store)
    write(store, session, 3)
    backup(f"sqlite:///{path}", tmp_path / "copy.db")
    elsewhere = f"sqlite:///{tmp_path / 'other.db'}"
    assert restore(tmp_path / "copy.db", elsewhere, now=wall()) == 1
    again = Store.open(elsewhere, wall=wall)
    assert again.claim(session, "new", 10.0) == 1 + LEAP + 1
    assert len(again.read(session, after=0, limit=10)) == 3
    again.close()


def test_a_database_in_use_is_not_replaced(store: Store, path: Path, tmp_path: Path, wall: Wall):
    backup(f"sqlite:///{path}", tmp_path / "copy.db")
    url = f"sqlite:///{path}"
    with pytest.raises(SettingRejected, match="expected no database at"):
        restore(tmp_path / "copy.db", url, now=wall())
    with pytest.raises(SettingRejected, match="stop it first"):
        restore(tmp_path / "copy.db", url, now=wall(), replace=True)
    owned(store)
    store.close()
    with pytest.raises(SettingRejected, match="stop it first"):
        restore(tmp_path / "copy.db", url, now=wall(), replace=True)
    wall.now += 60.0
    assert restore(tmp_path / "copy.db", url, now=wall(), replace=True) == 0
    again = Store.open(url, wall=wall)
    assert again.session("mtg_a") is None
    again.close()


def test_what_cannot_be_copied_is_told(store: Store, path: Path, tmp_path: Path, wall: Wall):
    with pytest.raises(SettingRejected, match="expected no file at"):
        backup(f"sqlite:///{path}", path)
    with pytest.raises(SettingRejected, match="pg_dump"):
        backup("postgresql://localhost/x", tmp_path / "copy.db")
    with pytest.raises(StoreUnavailable, match="unable to open"):
        backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    (tmp_path / "text.db").write_text("no database " * 1_000)
    with pytest.raises(StoreUnavailable, match="not a database"):
        restore(tmp_path / "text.db", f"sqlite:///{tmp_path}/new.db", now=wall())
    backup(f"sqlite:///{path}", tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as db:
        db.execute("UPDATE schema_version SET version = 99")
    db.close()
    with pytest.raises(StoreUnavailable, match="version 99"):
        restore(tmp_path / "copy.db", f"sqlite:///{tmp_path}/new.db", now=wall())
    content = bytearray((tmp_path / "copy.db").read_bytes())
    content[5_000:9_000] = bytes(4_000)
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(StoreUnavailable):
        restore(tmp_path / "copy.db", f"sqlite:///{tmp_path}/new.db", now=wall())
    assert not (tmp_path / "new.db").exists()


def said(*words: str | Path, folder: Path) -> tuple[int, str]:
    found = subprocess.run(
        [*COMMAND, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )  # fmt: skip
    return found.returncode, found.stdout + found.stderr


def test_a_server_is_backed_up_as_it_runs_and_restored(tmp_path: Path):
    with Server(folder=tmp_path, drain_seconds=0) as server:
        meeting = server.ask("POST", "/v1/meetings", {"name": "Review"})["id"]
        caption = {"participant": "a", "start": 0, "end": 1, "text": "before"}
        server.ask("POST", f"/v1/meetings/{meeting}/captions", caption)
        assert said("backup", "copy.db", folder=tmp_path)[0] == 0
        server.ask("POST", f"/v1/meetings/{meeting}/captions", caption | {"text": "after"})
        seen = server.ask("GET", f"/v1/meetings/{meeting}/events?limit=1000")
        status, why = said("restore", "copy.db", "--replace", folder=tmp_path)
        assert (status, "stop it first" in why) == (2, True), why
        assert server.stop() == 0
    assert said("restore", "copy.db", folder=tmp_path)[0] == 2
    status, why = said("restore", "copy.db", "--replace", folder=tmp_path)
    assert (status, "1 sessions go on" in why) == (0, True), why
    with Server(folder=tmp_path, drain_seconds=0) as server:
        # At once: nobody's lease has to end.
        path = f"/v1/meetings/{meeting}"
        server.ask("POST", f"{path}/captions", caption | {"text": "again", "start": 5, "end": 6})
        events = server.ask("GET", f"{path}/events?limit=1000")
        texts = [each["data"]["text"] for each in events["events"] if "text" in each["data"]]
        assert texts == ["before", "again"]
        assert events["epoch"] > seen["epoch"] + LEAP
