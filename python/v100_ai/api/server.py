"""The HTTP server: uvicorn, with a time limit on what a client says before it asks for anything."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any, Final

import h11
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS: Final = 10.0
"""From a connection, or the first byte of a request on an old one, to the end of its headers."""

LARGEST_HEADERS: Final = 16 * 1024
LARGEST_MESSAGE: Final = 5 << 20
"""Bytes of one WebSocket message."""


class Impatient(H11Protocol):
    """Closes a connection whose headers do not come to an end: uvicorn itself waits for ever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and may say what they want."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Part of a request, or the end of its headers."""
        if self._late is None and self.conn.their_state is h11.IDLE:
            self._wait()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._heard()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._heard()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEADER_SECONDS, self._hang_up)

    def _heard(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE:
            self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn, which first lets the service come to rest when it is told to stop; told twice, it stops."""

    def __init__(self, config: uvicorn.Config, rest: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._rest = rest
        self.listening = asyncio.Event()
        self._resting: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        if self.started:
            self.listening.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        if self._resting is not None or sig not in (signal.SIGINT, signal.SIGTERM):
            super().handle_exit(sig, frame)
            return
        self._resting = asyncio.get_running_loop().create_task(self._stop(sig, frame))

    async def _stop(self, sig: int, frame: FrameType | None) -> None:
        try:
            await self._rest()
        finally:
            super().handle_exit(sig, frame)


def config(app: Starlette, **more: Any) -> uvicorn.Config:
    """Uvicorn's settings. Its own logging is left out: what it says comes through the service's."""
    return uvicorn.Config(
        app,
        http=Impatient,
        ws="websockets-sansio",
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
