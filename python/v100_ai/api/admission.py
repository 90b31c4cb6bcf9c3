"""Who asks, by the secret they bring; and without keys, from where."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from v100_ai.api.access import ANYBODY, Caller, caller, digest, unauthorised
from v100_ai.api.problems import Problem
from v100_ai.api.service import Service

LOCAL: Final = "localhost"


async def admitted(service: Service, secret: str | None, headers: Mapping[str, str]) -> Caller:
    """Whoever the secret stands for. Raises `Problem`."""
    if secret is not None:
        found = digest(secret)
        return caller(await service.ask(service.store.key, found), service.wall())
    if service.open:
        service.open = not await service.ask(service.store.has_keys)
    if not service.open:
        raise unauthorised("expected a key: Authorization: Bearer v100_…")
    _from_here(headers)
    return ANYBODY


async def renewed(service: Service, known: Caller) -> None:
    """Whether the key of somebody who was admitted is still good. Raises `Problem`."""
    if known.digest is not None:
        caller(await service.ask(service.store.key, known.digest), service.wall())


def _from_here(headers: Mapping[str, str]) -> None:
    """Without keys, no page from elsewhere may do or see anything through a browser on this machine.

    Its own name made to lead here would be told in `Host` (DNS rebinding); what it sends elsewhere has its
    `Origin`. An address cannot be made to lead anywhere.
    """
    host = headers.get("host", "")
    if not _local(host):
        raise Problem(
            403, "forbidden", f"expected Host to be {LOCAL} or an address", found=host[:100]
        )
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin[:500]).netloc != host:
        raise Problem(403, "forbidden", "expected a page of this server", found=origin[:100])


def _local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == LOCAL or bool(ip_address(name))
    except ValueError:
        return False
