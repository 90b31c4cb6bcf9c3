"""Sender: one signed POST, to a checked address, within one time limit."""

import re
import ssl
from collections.abc import Callable, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Final, Self

import anyio
import httpcore2

from v100_ai import clock
from v100_ai.addresses import Network, Resolver, system, target
from v100_ai.addresses.network import PinnedNetwork
from v100_ai.delivery.answer import Answer, answer
from v100_ai.delivery.signing import headers
from v100_ai.errors import AddressRefused, SettingRejected
from v100_ai.records import Delivery, Endpoint

TIMEOUT: Final = 15.0
"""Seconds for the name, the connection, the request and the answer together (Standard Webhooks)."""

READ: Final = 64 * 1024
"""Bytes of an answer's body that are read, and dropped, so that the connection can be used again."""

DRAIN: Final = 2.0
"""Seconds for them: the status is known by then."""

IDLE: Final = 4.0
"""Seconds that an unused connection is kept: servers commonly close theirs after 5."""

Connecting = (httpcore2.NetworkError, httpcore2.PoolTimeout, OSError)


class Sender:
    """Posts deliveries to their endpoints; an async context manager.

    `allow` are networks that an operator opened beside the public ones.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        wall: Callable[[], float] = clock.wall,
        timeout: float = TIMEOUT,
        connections: int = 256,
    ) -> None:
        self._wall = wall
        self._timeout = timeout
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=connections // 4,
            keepalive_expiry=IDLE,
            network_backend=PinnedNetwork(allow=allow, resolver=resolver or system()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.aclose()

    async def send(self, delivery: Delivery, endpoint: Endpoint) -> Answer:
        """What came of sending the delivery once. Never raises for anything a receiver does."""
        try:
            signed = headers(delivery.id, endpoint.secrets, delivery.body, at=self._wall())
        except SettingRejected as error:
            return Answer(reason="unsignable", error=str(error))
        status: list[tuple[int, str | None]] = []
        try:
            with anyio.move_on_after(self._timeout):
                await self._post(endpoint.url, signed, delivery.body, status)
        except AddressRefused as error:
            return Answer(reason="refused", error=_plain(error.reason))
        except Connecting as error:
            failure = Answer(reason="connection", error=f"no connection: {_plain(str(error))}")
        except httpcore2.ProtocolError:
            # What it says quotes the answer, which may be none of the endpoint's owner's business.
            failure = Answer(reason="protocol", error="expected an answer in HTTP/1.1")
        except httpcore2.TimeoutException:
            failure = Answer(reason="timeout", error="no connection in time")
        else:
            failure = Answer(reason="timeout", error=f"no answer within {self._timeout:g} s")
        # The answer's head decides; what happens to its body afterwards does not matter.
        return answer(*status[0], now=self._wall()) if status else failure

    async def _post(
        self, url: str, signed: dict[str, str], body: bytes, status: list[tuple[int, str | None]]
    ) -> None:
        where = target(url)
        address = httpcore2.URL(
            scheme=where.scheme.encode(),
            host=where.host.encode(),
            port=where.port,
            target=where.path.encode(),
        )
        fields = {
            "Host": where.netloc,
            "User-Agent": "v100_ai",
            "Content-Type": "application/json",
            "Accept": "*/*",
            "Content-Length": str(len(body)),
        } | signed
        request = self._pool.stream("POST", address, headers=list(fields.items()), content=body)
        async with request as response:
            found = {name.lower(): value for name, value in response.headers}
            status.append(
                (response.status, found.get(b"retry-after", b"").decode("latin-1") or None)
            )
            read = 0
            with anyio.move_on_after(DRAIN):
                async with aclosing(response.aiter_stream()) as chunks:
                    async for chunk in chunks:
                        read += len(chunk)
                        if read > READ:
                            break


def _plain(text: str) -> str:
    """The text as it may be kept, whatever a receiver put into it."""
    return re.sub(r"[^ -~]", "?", text[:200])
