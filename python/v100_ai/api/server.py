"""The HTTP server: uvicorn, with patience that ends and a service that comes to rest first."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

from v100_ai.api.connections import Impatient, Socket

LARGEST_HEADERS: Final = 16 * 1024
LARGEST_MESSAGE: Final = 5 << 20
"""Bytes of one WebSocket message."""


class Server(uvicorn.Server):
    """uvicorn, which first lets the service come to rest when it is told to stop; told twice, it stops."""

    def __init__(self, config: uvicorn.Config, rest: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._rest = rest
        self.listening = asyncio.Event()
        self._resting: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; where that is not possible, `started` stays false."""
        try:
            await super().startup(sockets)
        except SystemExit:
            self.should_exit = True
        if self.started:
            self.listening.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        if self._resting is not None or sig not in (signal.SIGINT, signal.SIGTERM):
            super().handle_exit(sig, frame)
            return
        self._resting = asyncio.get_running_loop().create_task(self._stop())

    async def _stop(self) -> None:
        try:
            await self._rest()
        finally:
            # What uvicorn does with a signal would end the process before the database and the workers are let go.
            self.should_exit = True


class Beside(Server):
    """One more address; signals are the first one's. `listening` is also set where it cannot be."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; where that is not possible, `started` stays false."""
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """None."""
        yield


def config(app: Starlette, **more: Any) -> uvicorn.Config:
    """Uvicorn's settings. Its own logging is left out: what it says comes through the service's."""
    return uvicorn.Config(
        app,
        http=Impatient,
        ws=Socket,
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=LARGEST_HEADERS,
        timeout_graceful_shutdown=5,
        **more,
    )
