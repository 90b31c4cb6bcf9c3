"""A process that forks writers, to be killed: a line of JSON on standard input starts one.

Each prints `started PID`, `ack SESSION SEQ ID` for what it was told is durable, and `fenced SESSION` when it has lost
that one. The process itself prints `gone` once the writer is.
"""

import json
import os
import sys
from typing import Any

import anyio

from v100_ai import clock
from v100_ai.errors import Fenced
from v100_ai.records import Append, Draft
from v100_ai.store import Store, Writer


def say(line: str) -> None:
    """One write, which a pipe takes whole or not at all."""
    os.write(1, f"{line}\n".encode())


async def write(writer: Writer, session: str, epoch: int, pause: float) -> None:
    number = 0
    while True:
        number += 1
        drafts = tuple(Draft(type="e", data={"n": number}) for _ in range(number % 4 + 1))
        try:
            events = await writer.append(Append(session=session, epoch=epoch, events=drafts))
        except Fenced:
            say(f"fenced {session}")
            return
        for event in events:
            say(f"ack {session} {event.seq} {event.id}")
        await anyio.sleep(pause)


async def run(url: str, sessions: list[str], dead: list[str], pause: float) -> None:
    store, me = Store.open(url, wall=clock.wall), str(os.getpid())
    async with Writer(store) as writer, anyio.create_task_group() as group:
        for session in sessions:
            epoch = store.claim(session, me, 10.0, dead=dead)
            assert epoch is not None
            group.start_soon(write, writer, session, epoch, pause)
        say(f"started {me}")
    store.close()


def main() -> None:
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            anyio.run(run, sys.argv[1], asked["sessions"], asked["dead"], asked["pause"])
            os._exit(0)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
