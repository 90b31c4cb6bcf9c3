"""Claude, for all sessions of a service: opened where the service has a key."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from v100_ai import clock
from v100_ai.config import Settings
from v100_ai.errors import ExtraMissing
from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.claude.call import Call
from v100_ai.highlights.claude.judge import Ask
from v100_ai.layers.highlights.watched import Watched


@dataclass(slots=True)
class Claude:
    """One connection, one breaker, so many questions at once."""

    ask: Ask
    model: str
    clock: Callable[[], float]
    dollars_an_hour: float
    limit: anyio.CapacityLimiter
    breaker: Breaker = field(default_factory=Breaker)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Claude | None]:
    """Claude as the service's settings have it; None without a key. Raises `ExtraMissing`."""
    if settings.anthropic_key is None:
        yield None
        return
    try:
        from v100_ai.highlights.claude.client import connect  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("haiku", "anthropic") from error
    key = settings.anthropic_key.get_secret_value()
    async with connect(key, base_url=settings.anthropic_url) as send:
        yield Claude(
            ask=Watched(Call(send), settings.model),
            model=settings.model,
            clock=clock.monotonic,
            dollars_an_hour=settings.dollars_an_hour,
            limit=anyio.CapacityLimiter(settings.questions),
        )
