"""A copy of a SQLite database while it is in use, and back; PostgreSQL has tools of its own."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from v100_ai.errors import SettingRejected, StoreUnavailable
from v100_ai.store.migrations import STEPS
from v100_ai.store.schema import VERSION

LEAP: Final = 1_000
"""Added to the epoch of what is active: readers that saw what the copy does not have yet are told to begin anew."""

BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside its file, of that file alone."""

PAGES: Final = 1_000
"""Copied at a time; others write in between."""


def backup(url: str, to: Path) -> int:
    """Copy the database, as of one moment, into a new file: its bytes.

    Raises:
        SettingRejected: it is no SQLite database, or there is a file already.
        StoreUnavailable: it cannot be read, or its copy is damaged.
    """
    source = _path(url)
    if to.exists():
        raise SettingRejected(f"expected no file at {to}, found one")
    with _explained(source), _beside(to) as copy:
        with closing(_opened(source)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there, pages=PAGES)
            there.execute("PRAGMA journal_mode = DELETE")
        _checked(copy)
    return to.stat().st_size


def restore(copy: Path, url: str, *, now: float, replace: bool = False) -> int:
    """Make the copy the database, at that time in seconds since 1970: how many sessions go on in it.

    They belong to nobody, so that the first server takes them up at once; their epochs leap.

    Raises:
        SettingRejected: it is no SQLite database, there is one already and it is not to be replaced, or a server
            uses it.
        StoreUnavailable: the copy is damaged, or of a newer program.
    """
    target = _path(url)
    if target.exists() and not replace:
        raise SettingRejected(f"expected no database at {target}, found one (--replace)")
    with _explained(copy):
        _checked(copy)
        if target.exists() and _used(target, now):
            raise SettingRejected(
                f"expected no server that uses {target}, found one: stop it first"
            )
        with _beside(target) as new:
            with closing(_opened(copy)) as here, closing(sqlite3.connect(new)) as there:
                here.backup(there, pages=PAGES)
                active = there.execute(
                    "UPDATE sessions SET owner = NULL, lease = 0, epoch = epoch + ? "
                    "WHERE state = 'active'",
                    (LEAP,),
                ).rowcount
                if _owners(there):
                    there.execute("DELETE FROM owners")
                there.commit()
            for end in BESIDE:
                target.with_name(target.name + end).unlink(missing_ok=True)
    return active


def _path(url: str) -> Path:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingRejected("database: expected sqlite:///path, found something else") from None
    if address.get_backend_name() != "sqlite" or not address.database:
        raise SettingRejected(
            "expected sqlite:///path: PostgreSQL is backed up by pg_dump, see docs/operation.md"
        )
    return Path(address.database)


def _opened(path: Path) -> sqlite3.Connection:
    """To be read only, which has to be there."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside the path that becomes it when the block ends well, and is gone otherwise; on the disk then."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(number)
    made = Path(name)
    try:
        yield made
        with made.open("rb") as whole:
            os.fsync(whole.fileno())
        made.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        for each in (made, *(made.with_name(made.name + end) for end in BESIDE)):
            each.unlink(missing_ok=True)


def _checked(path: Path) -> None:
    """Raises `StoreUnavailable` for what is not a whole database that this program knows."""
    with closing(_opened(path)) as db:
        found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreUnavailable(f"{path} is damaged: {found}", "broken")
        version = db.execute("SELECT version FROM schema_version").fetchone()[0]
    if not min(STEPS) <= version <= VERSION:
        raise StoreUnavailable(
            f"{path}: tables of version {version}, this program knows {min(STEPS)} to {VERSION}",
            "broken",
        )


def _used(path: Path, now: float) -> bool:
    """Whether a server holds a session in it, or has it open."""
    with closing(sqlite3.connect(path, timeout=0.2)) as db:
        query = "SELECT count(*) FROM sessions WHERE owner IS NOT NULL AND lease > ?"
        if db.execute(query, (now,)).fetchone()[0]:
            return True
        query = "SELECT count(*) FROM owners WHERE lease > ?"
        if _owners(db) and db.execute(query, (now,)).fetchone()[0]:
            return True
        try:
            # The log can be folded in and left only by whoever is alone.
            return bool(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete")
        except sqlite3.OperationalError:
            return True


def _owners(db: sqlite3.Connection) -> bool:
    """Whether it has their table; those of the first version have not."""
    query = "SELECT count(*) FROM sqlite_master WHERE name = 'owners'"
    return bool(db.execute(query).fetchone()[0])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path}: {error}", "broken") from None
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}") from None
