"""Many threads and two stores at one database, as several processes are."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from tests.store.conftest import Made, Wall
from tests.store.test_outbox import ENDPOINT
from v100_ai.errors import Fenced
from v100_ai.records import Append, Draft
from v100_ai.store import Store

THREADS = 6


@pytest.fixture
def other(url: str, wall: Wall, store: Store) -> Iterator[Store]:
    """Another process's store of the same database."""
    del store
    opened = Store.open(url, wall=wall)
    yield opened
    opened.close()


def test_writers_of_the_same_sessions_make_no_gap_and_never_wait_for_each_other(
    store: Store, other: Store, made: Made
):
    sessions = [made(f"mtg_{number}") for number in range(5)]

    def write(seed: int) -> list[str]:
        rng, told = random.Random(seed), list[str]()  # noqa: S311
        for _ in range(15):
            batch = [
                Append(session=session, epoch=1, events=(Draft(type="e", data={}),) * 2)
                for session in rng.choices(sessions, k=4)
            ]
            for answer in (store, other)[seed % 2].append(batch):
                assert not isinstance(answer, Fenced)
                told += [event.id for event in answer]
        return told

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(chain.from_iterable(pool.map(write, range(THREADS))))
    kept = [store.read(session, after=0, limit=9999) for session in sessions]
    for events in kept:
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert sorted(told) == sorted(event.id for events in kept for event in events)


def test_one_of_many_gets_the_session(store: Store, other: Store, made: Made):
    session = made()
    for epoch in range(2, 12):
        store.release(session, epoch - 1)
        with ThreadPoolExecutor(THREADS) as pool:
            claimed = pool.map(
                lambda number: (store, other)[number % 2].claim(session, f"owner {number}", 10.0),
                range(THREADS),
            )
            assert sorted(map(str, claimed)) == sorted([str(epoch), *["None"] * (THREADS - 1)])


def test_no_delivery_is_claimed_twice_and_no_share_exceeded(store: Store, other: Store, made: Made):
    store.add_endpoint(ENDPOINT)
    store.append([Append(session=made(), epoch=1, events=(Draft(type="e", data={}),) * 60)])

    def claim(number: int) -> list[str]:
        dispatcher = (store, other)[number % 2]
        claimed = dispatcher.claim_due(10, lease=30.0, per_endpoint=25)
        return [delivery.id for delivery in claimed]

    with ThreadPoolExecutor(THREADS) as pool:
        ids = list(chain.from_iterable(pool.map(claim, range(3 * THREADS))))
    # Who came while another one was claiming got nothing.
    while late := claim(0):
        ids += late
    assert len(ids) == len(set(ids)) == 25


def test_a_session_can_be_removed_while_it_is_written(store: Store, other: Store, made: Made):
    for number in range(10):
        session = made(f"mtg_{number}")

        def write(session: str = session) -> None:
            for _ in range(5):
                other.append(
                    [
                        Append(
                            session=session,
                            epoch=1,
                            events=(Draft(type="e", data={}),),
                            journal=({},),
                            state={"k": {}},
                        )
                    ]
                )

        with ThreadPoolExecutor(2) as pool:
            writing = pool.submit(write)
            assert pool.submit(store.remove_session, session).result()
            writing.result()
        assert store.read(session, after=0, limit=9) == []
        assert store.journal(session) == []
        assert store.state(session) == {}
