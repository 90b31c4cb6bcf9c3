import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from tests.servers import Postgres
from tests.store.conftest import Made, Wall, owned
from v100_ai.errors import Fenced, SessionOver, StoreBusy, StoreUnavailable
from v100_ai.records import Append, Draft, Stored
from v100_ai.store import Receipt, Store, Writer, receipts
from v100_ai.store.writer import Appends

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

Answers = list[tuple[Stored, ...] | Fenced]


def say(session: str, word: object = "", *, epoch: int = 1) -> Append:
    return Append(session=session, epoch=epoch, events=(Draft(type="e", data={"word": word}),))


@dataclass
class Gated:
    """A store that writes when it is let."""

    store: Appends
    open: threading.Event = field(default_factory=threading.Event)
    batches: list[list[Append]] = field(default_factory=list)

    def append(self, batch: Sequence[Append], *, receipt: Receipt | None = None) -> Answers:
        assert self.open.wait(20)
        self.batches.append(list(batch))
        return self.store.append(batch, receipt=receipt)


@dataclass
class Failing:
    """A store with trouble: before it writes, or after it wrote, when nobody hears the answer."""

    store: Appends
    before: int = 0
    after: int = 0
    error: Callable[[str], Exception] = StoreBusy

    def append(self, batch: Sequence[Append], *, receipt: Receipt | None = None) -> Answers:
        if self.before:
            self.before -= 1
            raise self.error("locked")
        answers = self.store.append(batch, receipt=receipt)
        if self.after:
            self.after -= 1
            raise self.error("connection lost")
        return answers


async def test_an_append_comes_back_as_it_is_in_the_log(store: Store, made: Made):
    session = made()
    async with Writer(store) as writer:
        events = await writer.append(say(session))
    assert list(events) == store.read(session, after=0, limit=9)


async def test_all_that_waits_is_written_in_one_transaction_and_in_order(store: Store, made: Made):
    one, other = made("mtg_a"), made("mtg_b")
    gated, told = Gated(store), list[tuple[str, int]]()

    async def append(session: str, word: int) -> None:
        (event,) = await writer.append(say(session, word))
        told.append((session, event.seq))

    async with Writer(gated) as writer, anyio.create_task_group() as group:
        group.start_soon(append, one, 0)
        await anyio.lowlevel.checkpoint()
        for word in range(1, 20):
            group.start_soon(append, (one, other)[word % 2], word)
        await anyio.lowlevel.checkpoint()
        gated.open.set()
    assert len(gated.batches) <= 2
    assert sorted(told) == [(session, seq) for session in (one, other) for seq in range(1, 11)]
    words = [append.events[0].data["word"] for batch in gated.batches for append in batch]
    assert words == list(range(20))


@pytest.mark.parametrize(("before", "after"), [(3, 0), (0, 1), (1, 2)])
async def test_trouble_that_passes_is_not_seen_and_nothing_is_written_twice(
    store: Store, made: Made, before: int, after: int
):
    session = made()
    async with Writer(Failing(store, before, after), pause=0.001) as writer:
        first = await writer.append(say(session))
        second = await writer.append(
            Append(session=session, epoch=1, journal=({"j": 1},), events=say(session).events)
        )
    assert list(first + second) == store.read(session, after=0, limit=9)
    assert [event.seq for event in first + second] == [1, 2]
    assert store.journal(session) == [{"j": 1}]


async def test_trouble_that_lasts_is_told(store: Store, made: Made):
    session = made()
    failing = Failing(store, before=10**9)
    async with Writer(failing, patience=0.0) as writer:
        with pytest.raises(StoreUnavailable, match="locked"):
            await writer.append(say(session))
        failing.before = 0
        assert (await writer.append(say(session)))[0].seq == 1


async def test_one_that_is_fenced_does_not_hold_up_the_others(store: Store, made: Made):
    session = made()
    async with Writer(store) as writer:
        with pytest.raises(Fenced):
            await writer.append(say(session, epoch=0))
        await writer.append(Append(session=session, epoch=1, ends="done"))
        with pytest.raises(SessionOver):
            await writer.append(say(session))


async def test_what_cannot_be_kept_does_not_take_the_rest_of_its_batch_along(
    store: Store, made: Made
):
    session, gated = made(), Gated(store)
    refused = list[object]()

    async def append(word: object) -> None:
        try:
            await writer.append(say(session, word))
        except (ValueError, TypeError) as error:
            refused.append(error)

    async with Writer(gated) as writer, anyio.create_task_group() as group:
        for word in ["a", float("nan"), "b", object(), "\ud800", "c"]:
            group.start_soon(append, word)
        await anyio.lowlevel.checkpoint()
        gated.open.set()
    assert len(refused) == 3
    assert len(store.read(session, after=0, limit=9)) == 3


async def test_giving_up_an_answer_leaves_order_and_writer_as_they_were(store: Store, made: Made):
    session, gated = made(), Gated(store)

    async def append(word: int) -> None:
        await writer.append(say(session, word))

    async with Writer(gated, capacity=4) as writer:
        async with anyio.create_task_group() as group:
            for word in range(9):
                group.start_soon(append, word)
            for _ in range(3):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        gated.open.set()
        await append(9)
    words = [append.events[0].data["word"] for batch in gated.batches for append in batch]
    # The fifth and later ones were not let in yet: they are not written, as if they had never come.
    assert words == [0, 1, 2, 3, 9]
    assert [event.seq for event in store.read(session, after=0, limit=9)] == [1, 2, 3, 4, 5]


async def test_those_who_wait_to_be_let_in_keep_their_order(store: Store, made: Made):
    session, gated = made(), Gated(store)

    async def append(word: int) -> None:
        await writer.append(say(session, word))

    gated.open.set()
    async with Writer(gated, capacity=2) as writer, anyio.create_task_group() as group:
        for word in range(50):
            group.start_soon(append, word)
    words = [append.events[0].data["word"] for batch in gated.batches for append in batch]
    assert words == list(range(50))


async def test_the_end_of_the_block_waits_for_what_was_let_in(store: Store, made: Made):
    session, gated = made(), Gated(store)
    async with anyio.create_task_group() as group:
        async with Writer(gated) as writer:
            for word in range(9):
                group.start_soon(writer.append, say(session, word))
            await anyio.lowlevel.checkpoint()
            gated.open.set()
        assert len(store.read(session, after=0, limit=99)) == 9
    with pytest.raises(StoreUnavailable, match="closed"):
        await writer.append(say(session))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_nobody_waits_for_a_thread_that_has_died(store: Store, made: Made):
    session = made()
    async with Writer(Failing(store, before=1, error=KeyError)) as writer:
        with pytest.raises(StoreUnavailable, match="stopped"):
            await writer.append(say(session))
        with pytest.raises(StoreUnavailable, match="closed"):
            await writer.append(say(session))


async def test_time_for_which_this_process_stood_still_is_nobodys_patience(
    postgres: str, wall: Wall, monkeypatch: pytest.MonkeyPatch
):
    """As when it is stopped in the middle of a transaction: the server ends that, twice, each after all of the patience."""
    store = Store.open(f"{postgres} -cidle_in_transaction_session_timeout=100", wall=wall)
    session, stops = owned(store), [0.4, 0.4]
    write = receipts.write

    def stopped(*given: Any) -> None:
        if stops:
            time.sleep(stops.pop())
        write(*given)

    monkeypatch.setattr(receipts, "write", stopped)
    async with Writer(store, patience=0.3) as writer:
        (event,) = await writer.append(say(session))
    assert stops == []
    assert store.read(session, after=0, limit=9) == [event]
    assert store.health.outage is None
    assert store.health.failed == 2
    store.close()


@pytest.mark.timeout(180)
async def test_a_server_that_crashes_and_comes_back_costs_nothing(
    postgres: str, postgres_server: Postgres, wall: Wall
):
    store = Store.open(postgres, wall=wall)
    session, told, well_under_way = owned(store), list[Stored](), anyio.Event()

    async def append() -> None:
        while len(told) < 300:
            told.extend(await writer.append(say(session)))
            if len(told) >= 100:
                well_under_way.set()

    async with Writer(store, patience=30.0) as writer, anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(append)
        await well_under_way.wait()
        # The loop stands still meanwhile; the writer's thread does not.
        postgres_server.crash()
        postgres_server.start()
    events = store.read(session, after=0, limit=9999)
    assert [event.seq for event in events] == list(range(1, len(told) + 1))
    assert sorted(told, key=lambda event: event.seq) == events
    store.close()
