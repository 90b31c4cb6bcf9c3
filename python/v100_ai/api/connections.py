"""Connections that do not wait for ever: uvicorn's own have no limit on what a client never says or never takes."""

import asyncio
import socket
from array import array
from contextlib import suppress
from fcntl import ioctl
from functools import lru_cache
from http import HTTPStatus
from termios import TIOCOUTQ
from typing import Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

HEADER_SECONDS: Final = 8.0
"""From a connection, or the first byte of a request on an old one, to the end of its headers."""

REQUEST_SECONDS: Final = 40.0
"""From the headers to the end of the body, also of one that was answered already."""

MESSAGE_SECONDS: Final = 40.0
"""From the first fragment of a WebSocket message to its last."""

PATIENCE: Final = 5.0
"""Seconds in which a client that is sent something has to take `LEAST` bytes of it."""

LEAST: Final = 32 * 1024

LINGER: Final = 0.5
"""Seconds for a client that reads too slowly to find out that it is sent away."""

UNTAKEN_MS: Final = 10_000
"""How long the system keeps what a client does not take, such as the last bytes before the end."""

SEND_BUFFER: Final = 128 * 1024
"""Bytes of a client's unread answers in the system, which itself would let them grow to megabytes."""

ASKED: Final = (h11.DONE, h11.MUST_CLOSE)
"""A request is whole."""

UTF8: Final = "v100.utf8"
"""The key of a message's text in bytes, and of the extension that says it may be there."""

FRAMED: Final = 64
"""Events that are remembered as frames: their readers are told within moments of each other."""

SLOW: Final = 4008
"""How a WebSocket is closed that reads too slowly."""

TOO_SLOW: Final = "reads too slowly: resume where you are"


class Writing(asyncio.Protocol):
    """Watches that what is written gets taken. For a protocol of uvicorn beside it."""

    patience = PATIENCE
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _stalled: asyncio.TimerHandle | None = None
    _left: int = 0

    def pause_writing(self) -> None:
        """More waits to be taken than should."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It is being taken."""
        self._unwatch()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._unwatch()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """Hang up on whoever does not read."""
        self.transport.abort()

    def hand_over(self, successor: asyncio.BaseProtocol) -> None:
        """Leave the connection to another protocol, with what waits to be taken and without any timer of this one."""
        if self._stalled is not None:
            self._unwatch()
            cast("asyncio.Protocol", successor).pause_writing()

    def _watch(self) -> None:
        self._left = untaken(self.transport)
        self._stalled = self.loop.call_later(self.patience, self._look)

    def _unwatch(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _look(self) -> None:
        if self._left - untaken(self.transport) >= LEAST:
            self._watch()
        else:
            self.give_up()


class Impatient(Writing, H11Protocol):
    """HTTP with a time limit on what a client says, and on what it takes."""

    header_seconds = HEADER_SECONDS
    request_seconds = REQUEST_SECONDS
    _late: asyncio.TimerHandle | None = None
    _waits_for: Any = None
    _last: bool = False
    """Whether the client will ask no more."""
    _handed_over: bool = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and may say what they want."""
        super().connection_made(transport)
        _bounded(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Part of a request."""
        if self._late is None and self.conn.their_state is h11.IDLE:
            self._expect()
        super().data_received(data)
        if not self._handed_over and self.conn.their_state is not self._waits_for:
            self._expect()

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client says no more: who asked and waits is answered still, who broke off or only listens is gone."""
        waits = self.conn.their_state in ASKED
        self._last = waits and not self.cycle.response_started
        return self._last

    def on_response_complete(self) -> None:
        """An answer is sent; where no request may follow it was the last."""
        super().on_response_complete()
        if self._last and self.cycle.response_complete and not self.transport.is_closing():
            self.transport.close()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The connection is a WebSocket from here on: what HTTP waited for will not come, and nobody waits for it."""
        super().handle_websocket_upgrade(event)
        self.hand_over(self.transport.get_protocol())

    def hand_over(self, successor: asyncio.BaseProtocol) -> None:
        """Leave the connection to another protocol; h11 stays amid a body for ever, so no timer may ask it."""
        super().hand_over(successor)
        self._handed_over = True
        self._heard()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._heard()
        super().connection_lost(exc)

    def _expect(self) -> None:
        """Wait for the rest of the headers or of the body; for nothing else is there a hurry."""
        self._heard()
        self._waits_for = self.conn.their_state
        if self._waits_for is h11.IDLE:
            self._late = self.loop.call_later(self.header_seconds, self._hang_up)
        elif self._waits_for is h11.SEND_BODY:
            self._late = self.loop.call_later(self.request_seconds, self._hang_up)

    def _heard(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if self.conn.their_state is self._waits_for:
            self.transport.abort()


class Socket(Writing, WebSocketsSansIOProtocol):
    """A WebSocket that sends whoever reads too slowly away, and says why if they read again at once.

    To what ASGI has it adds text that is UTF-8 already: one event is framed once for all who read it.
    """

    message_seconds = MESSAGE_SECONDS
    _begun: asyncio.TimerHandle | None = None
    _lingers: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Part of a message; whoever begins one also ends it. Amid a frame no pong gets through: the ping ends that."""
        super().data_received(data)
        if self._begun is None and self.frames:
            self._begun = self.loop.call_later(self.message_seconds, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        """A message is whole."""
        self._ended()
        super().send_receive_event_to_app()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._ended()
        if self._lingers is not None:
            self._lingers.cancel()
        super().connection_lost(exc)

    def keepalive_timeout(self) -> None:
        """No pong came in time; where it is we who do not read, it may well have come."""
        if self.read_paused and self.ping_timeout is not None:
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
        else:
            super().keepalive_timeout()

    def _ended(self) -> None:
        if self._begun is not None:
            self._begun.cancel()
            self._begun = None

    def handle_connect(self, event: Request) -> None:
        """Somebody asks for a socket."""
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            cast("dict[str, Any]", self.scope["extensions"])[UTF8] = {}

    async def send(self, message: Any) -> None:
        """Send as soon as what was sent before is taken."""
        text = message.get(UTF8)
        if text is None:
            await super().send(message)
            return
        if not self.writable.is_set():
            await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(framed(text))

    def give_up(self) -> None:
        """Close it over all that waits; whoever sends finds it disconnected."""
        gone = {"type": "websocket.disconnect", "code": SLOW, "reason": TOO_SLOW}
        self.queue.put_nowait(cast("Any", gone))
        self.stop_keepalive()
        if self.conn.state is State.OPEN:
            self.conn.send_close(SLOW, TOO_SLOW)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self.writable.set()
        self._lingers = self.loop.call_later(LINGER, self.transport.abort)


@lru_cache(maxsize=FRAMED)
def framed(text: bytes) -> bytes:
    """The text as one frame; the same for everybody, since servers do not mask."""
    return Frame(Opcode.TEXT, text).serialize(mask=False)


def untaken(transport: asyncio.Transport) -> int:
    """Bytes that the client has not taken: those that wait here, and on Linux those that the system holds for it.

    The system takes more only once a third of what it holds is gone, so that what waits here alone shrinks in leaps.
    """
    count = array("i", [0])
    with suppress(OSError):
        ioctl(transport.get_extra_info("socket").fileno(), TIOCOUTQ, count)
    return transport.get_write_buffer_size() + count[0]


def _bounded(transport: asyncio.Transport) -> None:
    """Let the system hold little for a client, and not for long."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN_MS)
