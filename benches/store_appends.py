"""Durable events a second: SQLite beside PostgreSQL, median of rounds in turn; and one event to a hundred readers.

python benches/store_appends.py

A round lasts a second. That nothing acknowledged is lost when the writer is killed is a test: tests/store/test_crash.py.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import anyio.lowlevel

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.servers import Postgres

from v100_ai import ids
from v100_ai.bus import LocalBus
from v100_ai.records import Append, Draft, Endpoint, SessionRecord
from v100_ai.store import Store, Writer

ROUNDS = 5
SECONDS = 1.0
SESSIONS = 20
SPAN = {"min": 0.91234, "mean": 0.95678, "max": 0.98765}
READING = Draft(
    type="frame.analysis",
    data={"frame": 1, "from_pts": 0.0, "to_pts": 1.0, "frames": 30}
    | dict.fromkeys(("ssim", "psnr", "vmaf", "scene_complexity", "motion_magnitude"), SPAN),
)
"""A second of a stream, about 400 bytes."""

Work = Callable[[Store, list[str]], Awaitable[tuple[int, list[float]]]]


def batches(events: int) -> Work:
    """One caller: a batch holds `events` of each of the sessions."""

    async def work(store: Store, sessions: list[str]) -> tuple[int, list[float]]:
        batch = [
            Append(session=session, epoch=1, events=(READING,) * events) for session in sessions
        ]
        written, took, until = 0, [], time.perf_counter() + SECONDS
        while (begun := time.perf_counter()) < until:
            store.append(batch)
            took.append(time.perf_counter() - begun)
            written += events * len(sessions)
        return written, took

    return work


def tasks(count: int, events: int) -> Work:
    """Many tasks, each with an append of its own at a time."""

    async def work(store: Store, sessions: list[str]) -> tuple[int, list[float]]:
        took: list[float] = []
        until = time.perf_counter() + SECONDS

        async def write(session: str) -> None:
            append = Append(session=session, epoch=1, events=(READING,) * events)
            while (begun := time.perf_counter()) < until:
                await writer.append(append)
                took.append(time.perf_counter() - begun)

        async with Writer(store) as writer, anyio.create_task_group() as group:
            for number in range(count):
                group.start_soon(write, sessions[number % len(sessions)])
        return len(took) * events, took

    return work


WORKS: dict[str, Work] = {
    "batch of 20 sessions, 1 event each": batches(1),
    "batch of 20 sessions, 10 events each": batches(10),
    "20 tasks, 1 event an append": tasks(20, 1),
    "100 tasks, 1 event an append": tasks(100, 1),
    "20 tasks, 10 events an append": tasks(20, 10),
}


def prepared(url: str, *, endpoint: bool) -> tuple[Store, list[str]]:
    store = Store.open(url, wall=time.time)
    if endpoint:
        named = ids.new("whk", at=time.time())
        where = {"tenant": "hooked", "url": "https://example.com/", "secrets": ("whsec_",)}
        store.add_endpoint(Endpoint(id=named, created=time.time(), **where))
    sessions = [ids.new("str", at=time.time()) for _ in range(SESSIONS)]
    for session in sessions:
        store.add_session(
            SessionRecord(
                id=session,
                kind="stream",
                tenant="hooked" if endpoint else "plain",
                name="",
                settings={},
                created=time.time(),
            )
        )
        store.claim(session, "bench", 3600.0)
    return store, sessions


def shown(name: str, rounds: list[tuple[float, list[float]]]) -> str:
    took = sorted(each for _, round_took in rounds for each in round_took)
    rates = [rate for rate, _ in rounds]
    return (
        f"{name}: {statistics.median(rates):,.0f} events/s ({min(rates):,.0f} to {max(rates):,.0f}), "
        f"an answer p50 {statistics.median(took) * 1e3:.1f} ms, p99 {took[len(took) * 99 // 100] * 1e3:.1f} ms"
    )


def appends(urls: dict[str, str]) -> None:
    for endpoint in (False, True):
        print(f"\n{'a webhook for each event' if endpoint else 'no webhook'}")
        stores = {name: prepared(url, endpoint=endpoint) for name, url in urls.items()}
        for work_name, work in WORKS.items():
            rounds = {name: list[tuple[float, list[float]]]() for name in stores}
            for _ in range(ROUNDS):
                for name, (store, sessions) in stores.items():
                    begun = time.perf_counter()
                    written, took = anyio.run(work, store, sessions)
                    rounds[name].append((written / (time.perf_counter() - begun), took))
            for name, measured in rounds.items():
                print(shown(f"{name}, {work_name}", measured))
        for store, _ in stores.values():
            store.close()


async def fan_out(readers: int = 100, times: int = 200) -> None:
    """From publishing an event until the last of the readers has it."""
    bus, handed, taken = LocalBus(), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        store, (session, *_) = prepared(f"sqlite:///{folder}/v100.db", endpoint=False)
        async with AsyncExitStack() as stack:
            inboxes = [
                await stack.enter_async_context(bus.subscribe(session)) for _ in range(readers)
            ]
            for _ in range(times):
                (events,) = store.append([Append(session=session, epoch=1, events=(READING,))])
                async with anyio.create_task_group() as group:
                    for inbox in inboxes:
                        group.start_soon(inbox.take)
                    await anyio.lowlevel.checkpoint()
                    begun = time.perf_counter()
                    bus.publish(session, events)
                    handed.append(time.perf_counter() - begun)
                taken.append(time.perf_counter() - begun)
        store.close()
    for name, took in (("handed over", handed), ("taken by the last", taken)):
        took.sort()
        print(
            f"one event to {readers} readers in process, {name}: "
            f"p50 {took[len(took) // 2] * 1e6:.0f} us, p99 {took[len(took) * 99 // 100] * 1e6:.0f} us"
        )


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="v100-sqlite-") as one,
        tempfile.TemporaryDirectory(prefix="v100-postgres-") as other,
    ):
        server = Postgres(Path(other))
        server.start()
        try:
            appends({"SQLite": f"sqlite:///{one}/v100.db", "PostgreSQL": server.url})
        finally:
            server.stop()
    anyio.run(fan_out)


main()
