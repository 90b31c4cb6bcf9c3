"""What a request is found again by: its id, and a span for whoever runs the server under OpenTelemetry's tools."""

import secrets
from collections.abc import Generator
from contextlib import contextmanager

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from v100_ai.errors import ExtraMissing

STARTS = ("http.response.start", "websocket.http.response.start")


class RequestId:
    """Gives a request its id in `request.state.request_id`, and tells it in `x-request-id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        named = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = named

        async def traced(message: Message) -> None:
            if message["type"] in STARTS:
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = named
                headers["x-content-type-options"] = "nosniff"
                # Nothing here is for a cache between the server and whoever holds the key.
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, traced)


@contextmanager
def span(name: str) -> Generator[None]:
    """A span around an operation. Raises `ExtraMissing`."""
    try:
        from opentelemetry import trace  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("telemetry", "opentelemetry-api") from error
    with trace.get_tracer("v100_ai").start_as_current_span(name):
        yield
