"""What can be read in two ways, by a proxy in front and by the server behind it, is read in one or refused."""

from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from v100_ai.api.problems import CLOSE, Problem

SLASH: Final = "\0"
"""Stands for an encoded slash while a path is taken apart: it is data, and separates nothing (RFC 3986, 2.2). No path
has this character otherwise."""


class Framing:
    """Refuses requests with two lengths (RFC 9112, 6.3) and sockets that lost their upgrade, and keeps encoded slashes from parting a path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it."""
        refused = _refusal(scope)
        if refused is None:
            await self._app(scope, receive, send)
            return
        named: str = scope["state"]["request_id"]
        await refused.response(shown_path(HTTPConnection(scope)), named)(scope, receive, send)


def _refusal(scope: Scope) -> Problem | None:
    if scope["type"] not in {"http", "websocket"}:
        return None
    names = [name for name, _ in scope["headers"]]
    if b"transfer-encoding" in names and b"content-length" in names:
        detail = "expected either Content-Length or Transfer-Encoding, found both"
        return Problem(400, "malformed", detail, headers=CLOSE)
    if scope["type"] == "http" and b"sec-websocket-key" in names:
        return upgraded("found a Sec-WebSocket-Key without it")
    path: str = scope["path"]
    if SLASH in path:
        return Problem(404, "not_found", "expected a path without NUL")
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" in raw.lower():
        kept = raw.replace(b"%2f", b"%00").replace(b"%2F", b"%00")
        scope["path"] = unquote(kept.decode("latin-1"))
    return None


def upgraded(found: str) -> Problem:
    """A WebSocket is asked for without its upgrade: proxies leave it out unless they are told to pass it."""
    detail = (
        f"expected Upgrade: websocket and Connection: Upgrade, {found}: a proxy has to pass both"
    )
    headers = {"upgrade": "websocket", "connection": "Upgrade"}
    return Problem(426, "upgrade_required", detail, headers=headers)


def parameters(connection: HTTPConnection) -> dict[str, str]:
    """The parameters in the path, their encoded slashes as what they stand for."""
    found = connection.path_params
    return {name: str(value).replace(SLASH, "/") for name, value in found.items()}


def shown_path(connection: HTTPConnection) -> str:
    """The path as it may be told back."""
    path: str = connection.scope["path"]
    return path.replace(SLASH, quote("/", safe=""))
