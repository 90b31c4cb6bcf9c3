"""Receipts: what became of a writer's last batch, so that one whose answer was lost is not written twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select

from v100_ai.store import dialect
from v100_ai.store.schema import RECEIPTS

KEPT: Final = 7 * 24 * 3600.0
"""Seconds after which a writer that wrote nothing is taken to be gone."""

LATEST: Final = select(RECEIPTS.c.number, RECEIPTS.c.outcome).where(
    RECEIPTS.c.writer == bindparam("writer")
)

Outcome = int | str
"""Of one append: the number of the last event before its own, or why it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Names a batch: the writer's id and the batch's number, from 1. `again` when it may be written already."""

    writer: str
    number: int
    again: bool = False


def settled(db: Connection, receipt: Receipt, now: float) -> list[Outcome] | None:
    """The outcome of this batch, if it is written.

    The write waits for the writer's lost transaction, which may still be about to commit.
    """
    touch = dialect.upsert(db, RECEIPTS, keys=["writer"], changes=["time"])
    db.execute(touch, {"writer": receipt.writer, "number": 0, "outcome": [], "time": now})
    found = db.execute(LATEST, {"writer": receipt.writer}).one()
    return list(found.outcome) if found.number == receipt.number else None


def write(db: Connection, receipt: Receipt, outcome: Sequence[Outcome], now: float) -> None:
    """Keep the outcome, in the transaction of the batch itself."""
    statement = dialect.upsert(db, RECEIPTS, keys=["writer"], changes=["number", "outcome", "time"])
    values = {"number": receipt.number, "outcome": list(outcome), "time": now}
    db.execute(statement, {"writer": receipt.writer, **values})


def probe(db: Connection, writer: str, size: int, now: float) -> None:
    """Write so many bytes, in place of what this writer wrote last."""
    statement = dialect.upsert(db, RECEIPTS, keys=["writer"], changes=["outcome", "time"])
    values = {"writer": writer, "number": 0, "outcome": ["x" * size], "time": now}
    db.execute(statement, values)


def clear(db: Connection, now: float) -> None:
    """Forget writers that are gone."""
    db.execute(delete(RECEIPTS).where(RECEIPTS.c.time < now - KEPT))
