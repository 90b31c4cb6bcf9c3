"""What one dead and one hanging endpoint cost eight good ones: commit to arrival, over HTTP on loopback.

python benches/webhooks_beside_dead.py [ROUNDS]

Rounds alternate between the good ones alone and all ten; an event for each endpoint is committed to
SQLite every 100 ms.
"""

import contextlib
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from tests.delivery.memory import endpoint
from tests.delivery.receivers import request
from tests.listening import LOOPBACK, ear

from v100_ai.delivery import Dispatcher, Sender
from v100_ai.records import Append, Draft, SessionRecord
from v100_ai.store import Store

GOOD = [f"good{number}" for number in range(8)]
BAD = ["dead", "hanging"]
EVENTS = 100
PERIOD = 0.1


@dataclass
class Arrivals:
    sent: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    complete: anyio.Event = field(default_factory=anyio.Event)

    async def __call__(self, stream: anyio.abc.SocketStream) -> None:
        while True:
            _, body = await request(stream)
            self.waits.append(time.perf_counter() - self.sent[json.loads(body)["seq"]])
            if len(self.waits) == EVENTS * len(GOOD):
                self.complete.set()
            await stream.send(b"HTTP/1.1 204 No Content\r\n\r\n")


async def measured(names: list[str]) -> list[float]:
    """Seconds from a commit to each of the good ones."""
    arrivals = Arrivals()
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = stack.enter_context(
            contextlib.closing(Store.open(f"sqlite:///{folder}/v100.db", wall=time.time))
        )
        store.add_session(
            SessionRecord(id="str_a", kind="stream", tenant="t", name="n", settings={}, created=0.0)
        )
        store.claim("str_a", "bench", 3600.0)
        ports = {}
        async with ear() as closed:
            ports["dead"] = closed.port
        ports["hanging"] = (await stack.enter_async_context(ear())).port
        for name in GOOD:
            ports[name] = (await stack.enter_async_context(ear(arrivals))).port
        for name in names:
            store.add_endpoint(endpoint(name, f"http://127.0.0.1:{ports[name]}/"))
        sender = await stack.enter_async_context(Sender(allow=LOOPBACK))
        group = await stack.enter_async_context(anyio.create_task_group())
        dispatcher = Dispatcher(store, sender)
        group.start_soon(dispatcher.run)
        for number in range(EVENTS):
            drafts = (Draft(type="scene.cut", data={"pts": float(number)}),)
            append = Append(session="str_a", epoch=1, events=drafts)
            await anyio.to_thread.run_sync(store.append, [append])
            arrivals.sent[number + 1] = time.perf_counter()
            dispatcher.notify()
            await anyio.sleep(PERIOD)
        with anyio.fail_after(30):
            await arrivals.complete.wait()
        group.cancel_scope.cancel()
    # The first events open the connections.
    return arrivals.waits[5 * len(GOOD) :]


def shown(name: str, seconds: list[float]) -> float:
    p99 = sorted(seconds)[int(len(seconds) * 0.99)]
    print(f"{name:18} p50 {statistics.median(seconds) * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms")
    return p99


def main() -> None:
    ratios = []
    both = {"8 good": GOOD, "8 good, 2 bad": [*BAD, *GOOD]}
    for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 6):
        order = list(both) if number % 2 else list(reversed(both))
        p99 = {name: shown(name, anyio.run(measured, both[name])) for name in order}
        ratios.append(p99["8 good, 2 bad"] / p99["8 good"])
    print(f"p99 beside / alone: median of rounds {statistics.median(ratios):.2f}")


main()
