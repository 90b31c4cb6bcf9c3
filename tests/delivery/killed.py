"""Delivers out of a database until it is killed, once for each line of input: python -m tests.delivery.killed DATABASE

Says the process id of each that delivers, then `gone`. Forks, because imports take longer than all the rest.
"""

import os
import sys

import anyio

from tests.listening import LOOPBACK
from v100_ai import clock
from v100_ai.delivery import Dispatcher, Limits, Sender
from v100_ai.store import Store

LIMITS = Limits(lease=0.2, poll=0.05)
"""What was claimed by the dead comes back soon."""


async def deliver(database: str) -> None:
    store = Store.open(database, wall=clock.wall)
    async with Sender(allow=LOOPBACK) as sender:
        say(str(os.getpid()))
        await Dispatcher(store, sender, limits=LIMITS).run()


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(database: str) -> None:
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            anyio.run(deliver, database)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main(sys.argv[1])
