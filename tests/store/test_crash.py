"""A process that writes is killed at random points; what it was told is durable, is."""

import random
import time
from collections.abc import Iterator

import pytest

from tests.store.nursery import Nursery, nursery
from v100_ai.records import SessionRecord, Stored
from v100_ai.store import Store

ROUNDS = 50
SESSIONS = [f"mtg_{name}" for name in "abcd"]


class Known:
    """The log as it was read so far, checked as it is read on."""

    def __init__(self) -> None:
        self.last = dict.fromkeys(SESSIONS, 0)
        self.ids = dict[str, tuple[str, int]]()

    def read_on(self, store: Store) -> None:
        for session in SESSIONS:
            while page := store.read(session, after=self.last[session], limit=1000):
                for event in page:
                    self._add(event)
            span = store.span(session)
            assert span is not None
            assert (span.first, span.last) == (1, self.last[session])

    def _add(self, event: Stored) -> None:
        assert event.seq == self.last[event.session] + 1, "a gap"
        assert event.id not in self.ids, "an id twice"
        self.last[event.session] = event.seq
        self.ids[event.id] = (event.session, event.seq)


@pytest.fixture
def killed(url: str) -> Iterator[Nursery]:
    store = Store.open(url, wall=time.time)
    for session in SESSIONS:
        store.add_session(
            SessionRecord(
                id=session, kind="meeting", tenant="t", name="n", settings={}, created=1.0
            )
        )
    store.close()
    with nursery(url) as made:
        yield made


def check(url: str, killed: Nursery, known: Known) -> None:
    store = Store.open(url, wall=time.time)
    known.read_on(store)
    store.verify()
    store.close()
    for session, seq, id in killed.acked:  # noqa: A001
        assert known.ids[id] == (session, seq), "an acknowledged event is lost"
    killed.acked.clear()


@pytest.mark.timeout(300)
def test_a_killed_writer_loses_nothing_it_was_told_is_durable(url: str, killed: Nursery):
    moments, known, acked = random.Random(20), Known(), 0  # noqa: S311
    for _ in range(ROUNDS):
        killed.start(SESSIONS)
        killed.listen(moments.uniform(0.0, 0.03))
        killed.kill()
        acked += len(killed.acked)
        check(url, killed, known)
    assert acked > 10 * ROUNDS
    assert len(known.ids) >= acked
