"""The append-only log that loses nothing, and all else that is kept: SQLite by default, or PostgreSQL."""

from v100_ai.store.answers import Idempotent
from v100_ai.store.deliveries import delivery_id
from v100_ai.store.gauges import Backlog
from v100_ai.store.health import BOUNDS, Outage
from v100_ai.store.history import Span
from v100_ai.store.receipts import Receipt
from v100_ai.store.retention import Removed
from v100_ai.store.store import Store
from v100_ai.store.writer import Writer

__all__ = [
    "BOUNDS",
    "Backlog",
    "Idempotent",
    "Outage",
    "Receipt",
    "Removed",
    "Span",
    "Store",
    "Writer",
    "delivery_id",
]
