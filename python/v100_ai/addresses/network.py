"""PinnedNetwork: what a connection pool connects with, so that it reaches checked addresses and nothing else."""

from collections.abc import Iterable, Sequence

import httpcore2
from httpcore2 import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from v100_ai.addresses.checked import Resolver, addresses
from v100_ai.addresses.networks import Network
from v100_ai.addresses.target import target

PATIENCE = 5.0
"""Seconds for one address, so that a dead one leaves time for the next."""


class PinnedNetwork(AsyncNetworkBackend):
    """Looks a name up once for each connection, checks all its addresses, and connects to one of those.

    There is no second look-up that could be answered otherwise. TLS above it still asks for the name.
    """

    def __init__(self, *, allow: Sequence[Network], resolver: Resolver) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first of the host's addresses that takes it.

        Raises:
            AddressRefused: one of the addresses may not be connected to, or there are none.
            httpcore2.ConnectError: none of them could be.
            httpcore2.ConnectTimeout: none of them could be in time.
        """
        name = f"[{host}]" if ":" in host else host
        where = target(f"tcp://{name}:{port}", schemes={"tcp": port})
        found = await addresses(where, allow=self._allow, resolver=self._resolver)
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for ip in found:
            try:
                return await self._plain.connect_tcp(
                    str(ip), port, min(timeout or PATIENCE, PATIENCE), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Refused: nothing from outside names a file of this machine."""
        raise httpcore2.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        """Waits, when the pool retries; ours never does."""
        await self._plain.sleep(seconds)
