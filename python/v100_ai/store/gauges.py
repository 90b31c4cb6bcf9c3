"""What an operator watches in the database: what waits to be delivered, and how large it is."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from v100_ai.store import dialect
from v100_ai.store.database import Part
from v100_ai.store.schema import DELIVERIES, ENDPOINTS


def _of(state: str, what: ColumnElement[Any]) -> ScalarSelect[Any]:
    return (
        select(what)
        .where(DELIVERIES.c.endpoint == ENDPOINTS.c.id, DELIVERIES.c.state == state)
        .scalar_subquery()
    )


BACKLOG: Final = select(
    ENDPOINTS.c.id,
    ENDPOINTS.c.session,
    _of("pending", func.count()).label("pending"),
    _of("pending", func.min(DELIVERIES.c.created)).label("oldest"),
    _of("dead", func.count()).label("dead"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """One endpoint's deliveries that are not made. `oldest` is when the event was, in seconds since 1970."""

    endpoint: str
    session: str | None
    pending: int
    oldest: float | None
    dead: int


class Gauges(Part):
    """The part of the store that is watched."""

    def backlog(self) -> list[Backlog]:
        """What waits for each endpoint; those for which nothing does are left out."""
        with self._database.read() as db:
            found = [
                Backlog(
                    endpoint=row.id,
                    session=row.session,
                    pending=row.pending,
                    oldest=row.oldest,
                    dead=row.dead,
                )
                for row in db.execute(BACKLOG)
            ]
        return [one for one in found if one.pending or one.dead]

    def size(self) -> dict[str, int]:
        """Bytes of the `database`; with SQLite also of its `wal`, and what is `free` on its disk."""
        with self._database.read() as db:
            return dialect.size(db)
