"""The log: each append gets its numbers from the row of its session, which also is the lock and the fence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from v100_ai import ids
from v100_ai.errors import Fenced, SessionOver
from v100_ai.events import envelope
from v100_ai.records import Append, Draft, Json, Stored
from v100_ai.store import deliveries, dialect, receipts
from v100_ai.store.database import Part
from v100_ai.store.receipts import Outcome, Receipt
from v100_ai.store.schema import EVENTS, JOURNAL, SESSIONS, STATE

OWNED: Final = (
    update(SESSIONS)
    .where(
        SESSIONS.c.id == bindparam("session"),
        SESSIONS.c.epoch == bindparam("held"),
        SESSIONS.c.state == "active",
    )
    .returning(SESSIONS.c.seq, SESSIONS.c.tenant)
)
ADVANCE: Final = OWNED.values(seq=SESSIONS.c.seq + bindparam("count"))
END: Final = OWNED.values(
    seq=SESSIONS.c.seq + bindparam("count"),
    state="ended",
    ended=bindparam("now"),
    reason=bindparam("ends"),
    owner=None,
    lease=0.0,
)
STANDING: Final = select(SESSIONS.c.epoch, SESSIONS.c.state).where(
    SESSIONS.c.id == bindparam("session")
)
WRITTEN: Final = (
    select(EVENTS)
    .where(
        EVENTS.c.session == bindparam("session"),
        EVENTS.c.seq > bindparam("before"),
        EVENTS.c.seq <= bindparam("last"),
    )
    .order_by(EVENTS.c.seq)
)
FORGET: Final = delete(STATE).where(
    STATE.c.session == bindparam("of"), STATE.c.key == bindparam("named")
)
OVER: Final = "over"
FENCED: Final = "fenced"

Appended = tuple[Stored, ...] | Fenced


@dataclass(slots=True)
class _Rows:
    """What a batch inserts, gathered over its sessions."""

    now: float
    events: list[Stored] = field(default_factory=list[Stored])
    journal: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    state: dict[tuple[str, str], Json | None] = field(
        default_factory=dict[tuple[str, str], Json | None]
    )
    tenants: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, append: Append, before: int) -> tuple[Stored, ...]:
        """Number the events of an append, from the one after `before`."""
        numbered = tuple(
            _stored(append, draft, seq, self.now)
            for seq, draft in enumerate(append.events, before + 1)
        )
        self.events += numbered
        self.journal += [{"session": append.session, "record": each} for each in append.journal]
        self.state |= {(append.session, key): value for key, value in append.state.items()}
        return numbered


class Log(Part):
    """The part of the store that events, journal and state are written to."""

    def append(self, batch: Sequence[Append], *, receipt: Receipt | None = None) -> list[Appended]:
        """Write all of a batch in one transaction: for each append its events, or why it was refused.

        An append is refused with `Fenced` when another owner has taken its session, with `SessionOver` when that
        has ended; the others of the batch are written. A batch with a receipt is written once, however often it is
        given.

        Raises:
            StoreUnavailable: nothing is written, or the answer was lost; the receipt tells.
            ValueError: nothing is written, for something in it can not be kept: NaN, a number too large.
        """
        now = self._wall()
        with self._database.write() as db:
            if receipt is not None and receipt.again:
                known = receipts.settled(db, receipt, now)
                if known is not None:
                    return _again(db, batch, known)
            outcome, appended = _write(db, batch, now)
            if receipt is not None:
                receipts.write(db, receipt, outcome, now)
            return appended


def _write(
    db: Connection, batch: Sequence[Append], now: float
) -> tuple[list[Outcome], list[Appended]]:
    rows = _Rows(now)
    outcome: list[Outcome] = [FENCED] * len(batch)
    appended: list[Appended] = [()] * len(batch)
    for run in _runs(batch):
        before = _advance(db, [batch[index] for index in run], rows)
        for index in run:
            outcome[index] = before
            if isinstance(before, int):
                appended[index] = rows.add(batch[index], before)
                before += len(batch[index].events)
            else:
                appended[index] = _refusal(batch[index], before)
    _insert(db, rows)
    return outcome, appended


def _runs(batch: Sequence[Append]) -> Iterator[list[int]]:
    """The appends that one update can number: of one session and epoch, until one ends it.

    Sessions come sorted, so that two transactions never wait for each other.
    """
    order = sorted(range(len(batch)), key=lambda index: batch[index].session)
    for _, group in groupby(order, key=lambda index: (batch[index].session, batch[index].epoch)):
        run: list[int] = []
        for index in group:
            run.append(index)
            if batch[index].ends is not None:
                yield run
                run = []
        if run:
            yield run


def _advance(db: Connection, run: Sequence[Append], rows: _Rows) -> Outcome:
    """Take numbers for the events of a run: the last number before them, or why there are none."""
    count = sum(len(append.events) for append in run)
    session, epoch, ends = run[-1].session, run[-1].epoch, run[-1].ends
    values = {"session": session, "held": epoch, "count": count}
    if ends is None:
        taken = db.execute(ADVANCE, values).one_or_none()
    else:
        taken = db.execute(END, {**values, "ends": ends, "now": rows.now}).one_or_none()
    if taken is not None:
        rows.tenants[session] = taken.tenant
        return int(taken.seq) - count
    standing = db.execute(STANDING, {"session": session}).one_or_none()
    return OVER if standing is None or standing.state == "ended" else FENCED


def _refusal(append: Append, outcome: Outcome) -> Fenced:
    kind = SessionOver if outcome == OVER else Fenced
    return kind(append.session, append.epoch)


def _stored(append: Append, draft: Draft, seq: int, now: float) -> Stored:
    named = ids.new("evt", at=now)
    body = envelope.body(
        id=named,
        type=draft.type,
        at=now,
        session=append.session,
        seq=seq,
        epoch=append.epoch,
        data=draft.data,
    )
    return Stored(
        id=named,
        type=draft.type,
        time=now,
        session=append.session,
        seq=seq,
        epoch=append.epoch,
        body=body,
    )


def _insert(db: Connection, rows: _Rows) -> None:
    if rows.events:
        db.execute(insert(EVENTS), [_row(event) for event in rows.events])
        deliveries.enqueue(db, rows.events, rows.tenants)
    if rows.journal:
        db.execute(insert(JOURNAL), rows.journal)
    changed = [
        {"session": session, "key": key, "value": value}
        for (session, key), value in sorted(rows.state.items(), key=lambda item: item[0])
        if value is not None
    ]
    if changed:
        db.execute(dialect.upsert(db, STATE, keys=["session", "key"], changes=["value"]), changed)
    gone = [
        {"of": session, "named": key}
        for (session, key), value in rows.state.items()
        if value is None
    ]
    if gone:
        db.execute(FORGET, gone)


def _row(event: Stored) -> dict[str, Any]:
    return {name: getattr(event, name) for name in EVENTS.c.keys()}  # noqa: SIM118


def _again(db: Connection, batch: Sequence[Append], outcome: Sequence[Outcome]) -> list[Appended]:
    """What was told, or would have been, when the batch was written."""
    appended: list[Appended] = []
    for append, before in zip(batch, outcome, strict=True):
        if isinstance(before, int):
            span = {"before": before, "last": before + len(append.events)}
            found = db.execute(WRITTEN, {"session": append.session, **span})
            appended.append(tuple(Stored(**row._asdict()) for row in found))
        else:
            appended.append(_refusal(append, before))
    return appended
