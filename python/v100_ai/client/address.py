"""Address: where the service is and how one gets in; and what is imported only when it is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from urllib.parse import urlencode

from v100_ai.client.follower import LARGEST, SUBPROTOCOL
from v100_ai.errors import ExtraMissing, SettingRejected

EXTRA: Final = "client"

OPEN: Final = 10.0
"""Seconds for a connection to come about."""

CLOSE: Final = 1.0
"""Seconds for the service to say goodbye."""


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL, and the key that goes with each request, never in a URL.

    Raises:
        SettingRejected: the URL is not one of HTTP, or the key cannot be sent.
    """

    base: str
    key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", self.base):
            raise SettingRejected(
                f"expected a URL such as http://127.0.0.1:8100, found {self.base!r}"
            )
        if self.key is not None and not re.fullmatch(r"[!-~]+", self.key):
            raise SettingRejected("expected an API key of printable ASCII")

    @property
    def headers(self) -> dict[str, str]:
        """What goes with each request."""
        return {} if self.key is None else {"authorization": f"Bearer {self.key}"}

    @property
    def opening(self) -> Mapping[str, Any]:
        """How a WebSocket is opened."""
        return {
            "additional_headers": self.headers,
            "subprotocols": [SUBPROTOCOL],
            "compression": None,
            "open_timeout": OPEN,
            "close_timeout": CLOSE,
            "max_size": LARGEST,
        }

    def http(self, path: str) -> str:
        """The URL of a path."""
        return self.base.rstrip("/") + path

    def websocket(self, path: str, query: Mapping[str, str]) -> str:
        """The URL of a WebSocket."""
        return f"ws{self.http(path).removeprefix('http')}?{urlencode(query)}"


def httpx2() -> ModuleType:
    """What requests are made with."""
    try:
        import httpx2 as found  # noqa: PLC0415  # loaded when a client is made
    except ImportError:
        raise ExtraMissing(EXTRA, "httpx2") from None
    return found


def anyio() -> ModuleType:
    """What time limits are set with."""
    try:
        import anyio as found  # noqa: PLC0415  # loaded when a client is made
    except ImportError:
        raise ExtraMissing(EXTRA, "anyio") from None
    return found


def sync_socket() -> SimpleNamespace:
    """How a WebSocket is opened by those who block, and what it raises."""
    try:
        from websockets import exceptions  # noqa: PLC0415  # loaded when events are followed
        from websockets.sync.client import connect  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing(EXTRA, "websockets") from None
    return SimpleNamespace(connect=connect, **_raised(exceptions))


def async_socket() -> SimpleNamespace:
    """How a WebSocket is opened by those who wait, and what it raises."""
    try:
        from websockets import exceptions  # noqa: PLC0415  # loaded when events are followed
        from websockets.asyncio.client import connect  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing(EXTRA, "websockets") from None
    return SimpleNamespace(connect=connect, **_raised(exceptions))


def _raised(exceptions: ModuleType) -> dict[str, Any]:
    return {
        "InvalidStatus": exceptions.InvalidStatus,
        "WebSocketException": exceptions.WebSocketException,
    }
