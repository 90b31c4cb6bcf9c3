"""An owner is stopped for longer than its lease, another takes over, the first one goes on."""

import time
from contextlib import closing

import pytest

from tests.store.nursery import Nursery, nursery
from v100_ai.errors import Fenced, StoreBusy
from v100_ai.records import Append, Draft, SessionRecord
from v100_ai.store import Store

LATER = 60.0
"""Seconds by which the new owner's clock is ahead: every lease has run out, and nobody has to wait for it."""


@pytest.fixture
def hasty(url: str) -> str:
    """What a stopped process has locked is given up soon, to try again."""
    if url.startswith("sqlite"):
        return f"{url}?timeout=0.05"
    return f"{url} -clock_timeout=50"


def take_over(store: Store, zombie: Nursery, session: str) -> int:
    """Stop the owner, outside of a transaction where that would keep everybody out, and claim the session."""
    while True:
        zombie.stop()
        try:
            epoch = store.claim(session, "new", 10.0)
        except StoreBusy:
            zombie.resume()
            continue
        assert epoch is not None
        return epoch


def write(store: Store, session: str, epoch: int) -> None:
    """As the new owner; PostgreSQL may have the old one's row locked, until it ends that one's transaction."""
    append = Append(session=session, epoch=epoch, events=(Draft(type="mine", data={}),))
    while True:
        try:
            (events,) = store.append([append])
        except StoreBusy:
            continue
        assert not isinstance(events, Fenced)
        return


def one_round(store: Store, zombie: Nursery, session: str) -> None:
    store.add_session(
        SessionRecord(id=session, kind="meeting", tenant="t", name="n", settings={}, created=1.0)
    )
    zombie.start([session], pause=0.001)
    zombie.listen(0.01)
    epoch = take_over(store, zombie, session)
    write(store, session, epoch)
    zombie.resume()
    zombie.until_fenced(1)
    write(store, session, epoch)
    events = store.read(session, after=0, limit=10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    old = [event for event in events if event.epoch < epoch]
    assert len(old) >= 1
    assert events[: len(old)] == old, "a stale write"
    assert [event.type for event in events[len(old) :]] == ["mine", "mine"]
    acked = {id for of, _, id in zombie.acked if of == session}  # noqa: A001
    assert acked <= {event.id for event in old}


# PostgreSQL takes five seconds to end the transaction of an owner that was stopped within it.
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "rounds", [10, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_an_owner_that_was_away_for_too_long_writes_nothing(hasty: str, rounds: int):
    with (
        closing(Store.open(hasty, wall=lambda: time.time() + LATER)) as store,
        nursery(hasty) as zombie,
    ):
        for number in range(rounds):
            one_round(store, zombie, f"mtg_{number:03}")
