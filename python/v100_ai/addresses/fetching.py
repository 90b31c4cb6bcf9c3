"""What a URL from outside answers, read through the address checks."""

from collections.abc import Sequence
from typing import Final

import anyio
import httpcore2

from v100_ai.addresses.checked import Resolver, system
from v100_ai.addresses.network import PinnedNetwork
from v100_ai.addresses.networks import Network
from v100_ai.addresses.target import WEB, shown, target
from v100_ai.errors import AddressRefused, SourceLost

PATIENCE_S: Final = 15.0
LARGEST: Final = 1 << 20
"""Bytes of an answer at most."""

_OK: Final = 200


async def fetched(
    url: str,
    *,
    allow: Sequence[Network] = (),
    resolver: Resolver | None = None,
    largest: int = LARGEST,
) -> bytes:
    """The body of a GET. Redirects are not followed.

    Raises:
        AddressRefused: it leads where nothing may be read from.
        SourceLost: there is no answer in time, another status than 200, or more than `largest` bytes.
    """
    where = target(url, schemes=WEB)
    network = PinnedNetwork(allow=allow, resolver=resolver or system())
    headers = [("host", where.netloc), ("accept", "application/json")]
    try:
        with anyio.fail_after(PATIENCE_S):
            async with (
                httpcore2.AsyncConnectionPool(network_backend=network) as pool,
                pool.stream("GET", url, headers=headers) as answer,
            ):
                if answer.status != _OK:
                    raise SourceLost(shown(url), f"expected status 200, found {answer.status}")
                return await _body(answer, shown(url), largest)
    except AddressRefused:
        raise
    except (
        OSError,
        TimeoutError,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.TimeoutException,
    ) as lost:
        raise SourceLost(shown(url), str(lost) or "no answer in time") from lost


async def _body(answer: httpcore2.Response, named: str, largest: int) -> bytes:
    body = b""
    async for piece in answer.aiter_stream():
        body += piece
        if len(body) > largest:
            raise SourceLost(named, f"expected at most {largest} bytes, found more")
    return body
