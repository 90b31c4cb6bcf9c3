"""Checked: a target with all of its addresses looked up, each of them allowed."""

import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import anyio
import anyio.to_thread

from v100_ai.addresses.networks import IP, Network, refusal
from v100_ai.addresses.target import WEB, Target, shown, target
from v100_ai.errors import AddressRefused

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host name, as text, the preferred first. Raises `OSError` when there are none."""

MOST: Final = 64
"""Addresses of one name; more are refused."""

# Looking up a name cannot be interrupted; slow ones may fill their own threads, not those of the database.
_THREADS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Connect to one of `addresses`, and not to the name: looked up again, it may lead elsewhere."""

    target: Target
    addresses: tuple[IP, ...]

    @property
    def pinned(self) -> str:
        """The URL with the first address in the name's place.

        For protocols that do without the name: it is lost for `Host` and for TLS.
        """
        first = self.addresses[0]
        host = f"[{first}]" if first.version == 6 else str(first)  # noqa: PLR2004
        user = "" if self.target.user is None else f"{self.target.user}@"
        return f"{self.target.scheme}://{user}{host}:{self.target.port}{self.target.path}"


def system() -> Resolver:
    """The operating system's resolver."""
    limiter = anyio.CapacityLimiter(_THREADS)

    async def resolve(host: str) -> Sequence[str]:
        return await anyio.to_thread.run_sync(
            _look_up, host, abandon_on_cancel=True, limiter=limiter
        )

    return resolve


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def addresses(
    where: Target, *, allow: Sequence[Network], resolver: Resolver
) -> tuple[IP, ...]:
    """All addresses of the target.

    Raises:
        AddressRefused: one of them may not be connected to, or there are none.
    """
    if where.ip is not None:
        found: tuple[IP, ...] = (where.ip,)
    else:
        try:
            found = tuple(ip_address(each) for each in await resolver(where.host))
        except (OSError, UnicodeError) as error:
            raise AddressRefused(shown(where.url), f"the name was not found: {error}") from None
    if not 0 < len(found) <= MOST:
        raise AddressRefused(
            shown(where.url), f"expected 1 to {MOST} addresses, found {len(found)}"
        )
    for ip in found:
        reason = refusal(ip, allow=allow)
        if reason is not None:
            raise AddressRefused(shown(where.url), reason)
    return found


async def check(
    url: str,
    *,
    schemes: Mapping[str, int] = WEB,
    allow: Sequence[Network] = (),
    resolver: Resolver | None = None,
) -> Checked:
    """The URL's target and addresses.

    Raises:
        AddressRefused: see `target` and `addresses`.
    """
    where = target(url, schemes=schemes)
    found = await addresses(where, allow=allow, resolver=resolver or system())
    return Checked(target=where, addresses=found)
