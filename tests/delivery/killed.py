"""Delivers out of a database until it is killed: python -m tests.delivery.killed DATABASE"""

import sys

import anyio

from tests.listening import LOOPBACK
from v100_ai import clock
from v100_ai.delivery import Dispatcher, Limits, Sender
from v100_ai.store import Store

LIMITS = Limits(lease=0.2, poll=0.1)
"""What was claimed by the dead comes back soon."""


async def deliver(database: str) -> None:
    store = Store.open(database, wall=clock.wall)
    async with Sender(allow=LOOPBACK) as sender:
        sys.stdout.write("delivers\n")
        sys.stdout.flush()
        await Dispatcher(store, sender, limits=LIMITS).run()


if __name__ == "__main__":
    anyio.run(deliver, sys.argv[1])
