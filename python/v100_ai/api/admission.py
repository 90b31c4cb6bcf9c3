"""Who asks, by the secret they bring."""

from v100_ai.api.access import ANYBODY, Caller, caller, digest, unauthorised
from v100_ai.api.service import Service


async def admitted(service: Service, secret: str | None) -> Caller:
    """Whoever the secret stands for. Raises `Problem`."""
    if secret is None:
        if service.open:
            return ANYBODY
        raise unauthorised("expected a key: Authorization: Bearer v100_…")
    key = await service.ask(service.store.key, digest(secret))
    return caller(key, service.wall())
