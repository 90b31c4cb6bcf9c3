"""What happens to meetings when things go wrong: nothing may be lost, told twice, or missing between.

python benches/chaos.py kill [ROUNDS] [postgresql]     kill -9 amid work, again and again
python benches/chaos.py disk                           the database's disk is full for 8 s (Linux, as root)
python benches/chaos.py locked                         another process holds the SQLite file for 8 s
python benches/chaos.py postgresql                     PostgreSQL crashes and is away for 8 s
python benches/chaos.py redis                          two servers, readers at the other; Redis is killed for 8 s
python benches/chaos.py clock                          the wall clock jumps by hours, both ways (libfaketime)

Four meetings have two senders of captions each, over plain HTTP; a reader each follows by server-sent events and resumes
by `Last-Event-ID`; a receiver takes webhooks. What was not answered is sent again with the same id. In the end the log
is held against what each of them saw.
"""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos_load import GONE, SETTLE, Meeting, Taken, ask, report, until
from tests.servers import Postgres, Redis
from tests.serving import Server

MEETINGS, SENDERS = 4, 2
AWAY = 8.0
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


class Service:
    """One server, or two on one database; started again on the same port."""

    def __init__(self, folder: Path, count: int = 1, **settings: object) -> None:
        self.folder = folder
        self.settings = {"allow_private": True, "drain_seconds": 0.2, **settings}
        self.servers = [self._started("0") for _ in range(count)]

    def _started(self, port: str) -> Server:
        with (self.folder / "serve.log").open("a") as log:
            return Server("--port", port, folder=self.folder, errors=log, **self.settings)

    def again(self) -> None:
        """As kill -9 does, and start."""
        port = urlsplit(self.servers[0].url).port
        self.servers[0].kill()
        self.servers[0] = self._started(str(port))

    def first(self) -> str:
        return self.servers[0].url

    def last(self) -> str:
        return self.servers[-1].url


def run(service: Service, trouble: Callable[[list[Meeting]], None]) -> bool:
    """Meetings, the trouble amid them, and what it came to."""
    taken = Taken()
    with taken.serve() as receiver:
        meetings = [Meeting(service.first, service.last) for _ in range(MEETINGS)]
        senders: list[threading.Thread] = []
        for each in meetings:
            asked = {"name": "chaos", "ai": {"highlights": True, "webhook": receiver}}
            each.id = ask(service.first(), "POST", "/v1/meetings", asked)[1]["id"]
            threading.Thread(target=each.follow, daemon=True).start()
            senders += [
                threading.Thread(target=each.send, args=(number,)) for number in range(SENDERS)
            ]
        for sender in senders:
            sender.start()
        time.sleep(2.0)
        trouble(meetings)
        time.sleep(3.0)
        for each in meetings:
            each.quiet.set()
        for sender in senders:
            sender.join()
        # Who reads has some seconds for what was written last.
        for each in meetings:
            each.end = ask(service.last(), "GET", f"/v1/meetings/{each.id}")[1]["seq"]
        begun = time.monotonic()
        while time.monotonic() - begun < SETTLE and not all(
            each.seen and each.seen[-1][0] >= each.end for each in meetings
        ):
            time.sleep(0.2)
        time.sleep(3.0)
        for each in meetings:
            each.stop.set()
        return report(meetings, service.last(), taken)


def kill(folder: Path, rounds: int, database: str) -> bool:
    """kill -9, and writes again."""
    back: list[float] = []

    def trouble(meetings: list[Meeting]) -> None:
        for number in range(rounds):
            begun = time.monotonic()
            service.again()
            count = sum(len(each.acked) for each in meetings)
            while sum(len(each.acked) for each in meetings) == count:
                time.sleep(0.02)
            back.append(time.monotonic() - begun)
            time.sleep(0.5 + number % 4 * 0.5)

    with contextlib.ExitStack() as stack:
        more: dict[str, object] = {}
        if database == "postgresql":
            more["database"] = postgresql(stack).url
        service = Service(folder, **more)
        fine = run(service, trouble)
        service.servers[0].kill()
    print(f"{rounds} times killed; writes again after {min(back):.1f} to {max(back):.1f} s")
    return fine


def away(service: Service, begin: Callable[[], None], end: Callable[[], None]) -> bool:
    """Something is away for a while; whether the server says so, and for how long it does after that."""

    def trouble(_: list[Meeting]) -> None:
        begin()
        begun = time.monotonic()
        ready: list[int] = []
        while time.monotonic() - begun < AWAY:
            with contextlib.suppress(*GONE):
                ready.append(ask(service.first(), "GET", "/readyz", patience=5.0)[0])
            time.sleep(0.5)
        end()
        back = until(service.first, "/readyz")
        print(f"readyz meanwhile {dict(Counter(ready))}, ready again after {back:.2f} s")

    fine = run(service, trouble)
    for server in service.servers:
        server.kill()
    return fine


def disk(folder: Path) -> bool:
    """A disk of 24 MB that something else fills."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    filler = folder / "filler"

    def fill() -> None:
        with contextlib.suppress(OSError), filler.open("wb") as out:
            while True:
                out.write(bytes(1 << 12))
                out.flush()

    try:
        return away(Service(folder), fill, filler.unlink)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def locked(folder: Path) -> bool:
    """Somebody else writes the file."""
    service = Service(folder)
    other = sqlite3.connect(folder / "v100.db", isolation_level=None, timeout=30)
    return away(service, lambda: other.execute("BEGIN IMMEDIATE") and None, other.rollback)


def postgresql(stack: contextlib.ExitStack) -> Postgres:
    """One of its own, for as long as the stack lasts."""
    # Not below a folder that only its owner may enter: the server has another user.
    server = Postgres(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="v100-pg-"))))
    server.start()
    stack.callback(server.stop)
    return server


def crashed(folder: Path) -> bool:
    """PostgreSQL goes down without a word."""
    with contextlib.ExitStack() as stack:
        server = postgresql(stack)
        return away(Service(folder, database=server.url), server.crash, server.start)


def redis(folder: Path) -> bool:
    """What one server writes is read at another, and what tells them of it is away."""
    with contextlib.ExitStack() as stack:
        database = postgresql(stack)
        bus = Redis(folder)
        bus.start()
        stack.callback(bus.stop)
        service = Service(folder, 2, database=database.url, redis=bus.url)
        return away(service, bus.stop, bus.start)


def clock(folder: Path) -> bool:
    """The wall clock goes where it likes; the monotonic one does not."""
    told = folder / "faketime"
    told.write_text("+0\n")
    os.environ |= {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    service = Service(folder)
    for name in ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE"):
        del os.environ[name]

    def trouble(_: list[Meeting]) -> None:
        for jump in ("+1h", "-2h", "+1d", "-1d", "+0"):
            told.write_text(jump + "\n")
            time.sleep(3.0)

    fine = run(service, trouble)
    service.servers[0].kill()
    return fine


def main() -> None:
    what = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if what == "kill":
            rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 32
            fine = kill(folder, rounds, sys.argv[3] if len(sys.argv) > 3 else "sqlite")
        else:
            troubles = {
                "disk": disk,
                "locked": locked,
                "postgresql": crashed,
                "redis": redis,
                "clock": clock,
            }
            fine = troubles[what](folder)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
