"""With the database that a service has."""

import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import Process
from standardwebhooks.webhooks import Webhook

from tests.delivery.killed import LIMITS
from tests.delivery.memory import SECRET, endpoint
from tests.delivery.receivers import Good
from tests.listening import LOOPBACK, ear
from v100_ai import clock
from v100_ai.delivery import Dispatcher, Outbox, Sender
from v100_ai.records import Append, Draft, SessionRecord
from v100_ai.store import Store

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'v100.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url, wall=clock.wall)
    opened.add_session(
        SessionRecord(id="str_a", kind="stream", tenant="t", name="n", settings={}, created=1.0)
    )
    assert opened.claim("str_a", "me", 1000.0) == 1
    yield opened
    opened.close()


def commit(store: Store, count: int) -> None:
    drafts = tuple(Draft(type="scene.cut", data={"pts": float(number)}) for number in range(count))
    store.append([Append(session="str_a", epoch=1, events=drafts)])


async def delivered(store: Store, count: int) -> None:
    """Returns when all are, and they are so many."""
    with anyio.fail_after(20 + count / 50):
        while store.deliveries("whk_a", limit=1, state="pending"):  # noqa: ASYNC110
            await anyio.sleep(0.02)
    assert len(store.deliveries("whk_a", limit=10 * count, state="delivered")) == count


async def test_every_event_in_the_log_arrives_and_verifies(store: Store):
    good = Good()
    outbox: Outbox = store
    async with (
        ear(good) as heard,
        Sender(allow=LOOPBACK) as sender,
        anyio.create_task_group() as group,
    ):
        store.add_endpoint(endpoint("whk_a", f"http://127.0.0.1:{heard.port}/"))
        dispatcher = Dispatcher(outbox, sender)
        group.start_soon(dispatcher.run)
        for _ in range(5):
            commit(store, 20)
            dispatcher.notify()
            await anyio.lowlevel.checkpoint()
        await delivered(store, 100)
        group.cancel_scope.cancel()
    logged = [each.body for each in store.read("str_a", after=0, limit=1000)]
    assert len(logged) == 100
    assert sorted(body for _, body in good.requests) == sorted(logged)
    for head, body in good.requests:
        Webhook(SECRET).verify(body, head)


async def kill(child: Process, done: Callable[[], bool]) -> None:
    """Let one deliver until something is so, and kill it."""
    assert child.stdin is not None
    assert child.stdout is not None
    await child.stdin.send(b"\n")
    pid = int(await child.stdout.receive())
    with anyio.fail_after(45):
        while not done():  # noqa: ASYNC110
            await anyio.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    assert await child.stdout.receive() == b"gone\n"


@pytest.mark.parametrize(
    "rounds", [20, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(300)])]
)
async def test_killed_between_commit_and_delivery_nothing_is_lost(
    store: Store, url: str, rounds: int
):
    good, chance = Good(), random.Random(7)  # noqa: S311
    command = [sys.executable, "-m", "tests.delivery.killed", url]
    async with ear(good) as heard:
        store.add_endpoint(endpoint("whk_a", f"http://127.0.0.1:{heard.port}/"))
        async with await anyio.open_process(command, cwd=ROOT, stderr=None) as child:
            try:
                for _ in range(rounds):
                    commit(store, 10)
                    enough = len(good.requests) + chance.randrange(8)
                    await kill(child, lambda enough=enough: len(good.requests) >= enough)  # type: ignore[misc]
            finally:
                child.kill()
        before = len(good.requests)
        assert before < 10 * rounds
        async with Sender(allow=LOOPBACK) as sender, anyio.create_task_group() as group:
            group.start_soon(Dispatcher(store, sender, limits=LIMITS).run)
            await delivered(store, 10 * rounds)
            group.cancel_scope.cancel()
    assert before > rounds
    arrived = Counter(head["webhook-id"] for head, _ in good.requests)
    bodies = {(head["webhook-id"], body) for head, body in good.requests}
    assert len(arrived) == 10 * rounds
    # What came twice came as the same.
    assert len(bodies) == len(arrived)
    assert len({body for _, body in bodies}) == len(arrived)
