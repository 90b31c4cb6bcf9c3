"""The tables. Ids are compared byte by byte, whatever the database's language, so that they sort by time."""

import json
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.engine import Dialect

from v100_ai.events import ActionNotified

VERSION: Final = 2
"""Of the tables below; it stands in the database they are in. `migrations` leads here from earlier ones."""


class JsonText(TypeDecorator[Any]):
    """JSON in a column of text: both databases keep it as it is, control characters escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Raises `ValueError` on NaN and infinity."""
        return json.dumps(value, allow_nan=False, separators=(",", ":"), default=dict)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """What was kept."""
        return json.loads(value)


ID: Final = Text().with_variant(Text(collation="C"), "postgresql")
COUNTER: Final = BigInteger().with_variant(Integer, "sqlite")

METADATA: Final = MetaData()

SCHEMA: Final = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("settings", JsonText, nullable=False),
    Column("created", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended", Double),
    Column("reason", Text),
    Column("owner", Text),
    Column("epoch", BigInteger, nullable=False),
    Column("lease", Double, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("forgotten", Double),
    Index("sessions_by_tenant", "tenant", "kind", "id"),
    Index("sessions_by_lease", "state", "lease"),
)

OWNERS: Final = Table(
    "owners",
    METADATA,
    Column("owner", ID, primary_key=True),
    Column("lease", Double, nullable=False),
)
"""How long each server says it lives: one row renews its claim on all its sessions."""

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("session", ID, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("id", ID, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("time", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

NOTIFIED: Final = EVENTS.c.type == ActionNotified.type
"""What is looked for over all sessions of a tenant; an index of its own costs the others nothing."""
Index("events_that_notify", EVENTS.c.id, sqlite_where=NOTIFIED, postgresql_where=NOTIFIED)

JOURNAL: Final = Table(
    "journal",
    METADATA,
    Column("number", COUNTER, primary_key=True),
    Column("session", ID, nullable=False),
    Column("record", JsonText, nullable=False),
    Index("journal_by_session", "session", "number"),
    sqlite_autoincrement=True,
)

STATE: Final = Table(
    "state",
    METADATA,
    Column("session", ID, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JsonText, nullable=False),
)

RECEIPTS: Final = Table(
    "receipts",
    METADATA,
    Column("writer", ID, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("outcome", JsonText, nullable=False),
    Column("time", Double, nullable=False),
)

ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created", Double, nullable=False, index=True),
)

ENDPOINTS: Final = Table(
    "endpoints",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("secrets", JsonText, nullable=False),
    Column("created", Double, nullable=False),
    Column("types", JsonText, nullable=False),
    Column("session", ID),
    Column("disabled", Text),
)

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("endpoint", ID, nullable=False),
    Column("event", ID, nullable=False),
    Column("type", Text, nullable=False),
    Column("session", ID, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("created", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Double, nullable=False),
    Column("claimed", Double),
    Column("status", Integer),
    Column("error", Text),
    Column("body", LargeBinary),
    Index("deliveries_by_due", "endpoint", "state", "due"),
    Index(
        "deliveries_by_claim",
        "endpoint",
        "claimed",
        # Few are out at a time: those that are not cost nothing here.
        sqlite_where=text("claimed IS NOT NULL"),
        postgresql_where=text("claimed IS NOT NULL"),
    ),
    Index("deliveries_by_session", "session", "seq"),
    Index("deliveries_by_endpoint", "endpoint", "id"),
)

KEYS: Final = Table(
    "keys",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("scopes", JsonText, nullable=False),
    Column("created", Double, nullable=False),
    Column("session", ID),
    Column("expires", Double),
    Column("revoked", Double),
)
