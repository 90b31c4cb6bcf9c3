"""Every request gets an id, and every answer the headers that all have."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STARTS = ("http.response.start", "websocket.http.response.start")


class Named:
    """Gives a request its id in `request.state.request_id`, and tells it in `x-request-id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        named = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = named

        async def told(message: Message) -> None:
            if message["type"] in STARTS:
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = named
                headers["x-content-type-options"] = "nosniff"
                # Nothing here is for a cache between the server and whoever holds the key.
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, told)
