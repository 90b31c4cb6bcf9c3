"""From the tables of an earlier program to those of this one, a step a version.

A step leaves what a server of the version before needs, which may still run beside: columns are added with a value that says
nothing, and none is taken away.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection, text, update

from v100_ai.errors import StoreUnavailable
from v100_ai.store.schema import SCHEMA, VERSION

Step = Callable[[Connection], None]


def _forgotten_and_owners(db: Connection) -> None:
    """When a session's people were forgotten; owners' leases."""
    db.execute(text("ALTER TABLE sessions ADD COLUMN forgotten DOUBLE PRECISION"))
    plain = 'TEXT COLLATE "C"' if db.dialect.name == "postgresql" else "TEXT"
    db.execute(
        text(
            f"CREATE TABLE owners (owner {plain} NOT NULL PRIMARY KEY, "
            "lease DOUBLE PRECISION NOT NULL)"
        )
    )


STEPS: Final[Mapping[int, Step]] = {1: _forgotten_and_owners}
"""By the version that they lead away from."""


def run(db: Connection, found: int) -> None:
    """Take the tables from that version to ours.

    Raises:
        StoreUnavailable: they are those of a newer program, or of one that nobody remembers.
    """
    if found > VERSION or not all(version in STEPS for version in range(found, VERSION)):
        raise StoreUnavailable(
            f"the database's tables are of version {found}, this program knows version {VERSION} and "
            f"those from {min(STEPS)} on",
            "broken",
        )
    for version in range(found, VERSION):
        STEPS[version](db)
        db.execute(update(SCHEMA).values(version=version + 1))
