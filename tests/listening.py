"""Servers on loopback for tests that must know who connects."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Final

import anyio
from anyio.abc import SocketAttribute, SocketStream

LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Talk = Callable[[SocketStream], Awaitable[None]]


@dataclass(slots=True)
class Ear:
    """A port that counts connections."""

    port: int
    connections: int = 0
    peers: list[str] = field(default_factory=list[str])


async def silent(stream: SocketStream) -> None:
    """Takes a connection and says nothing."""
    await anyio.sleep_forever()


@asynccontextmanager
async def ear(talk: Talk = silent, *, host: str = "127.0.0.1") -> AsyncIterator[Ear]:
    """A listening port; `talk` is what it does with a connection."""
    listener = await anyio.create_tcp_listener(local_host=host)
    heard = Ear(listener.extra(SocketAttribute.local_port))  # noqa: S610

    async def handle(stream: SocketStream) -> None:
        heard.connections += 1
        async with stream:
            try:
                await talk(stream)
            except (anyio.BrokenResourceError, anyio.EndOfStream, anyio.ClosedResourceError):
                return

    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, handle)
        yield heard
        group.cancel_scope.cancel()
