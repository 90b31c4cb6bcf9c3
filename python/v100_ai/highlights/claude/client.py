"""The anthropic SDK as a `Send`. Imported only here, and only when a key is configured."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from v100_ai.errors import ExtraMissing
from v100_ai.highlights.claude.call import DEADLINE, Send

_CONNECT_SECONDS = 1.5


@asynccontextmanager
async def connect(api_key: str, *, base_url: str | None = None) -> AsyncGenerator[Send]:
    """Claude, for as long as the block lasts.

    The key is ours to give: without one the SDK would look through environment and home directory.

    Raises:
        ExtraMissing: the extra `haiku` is not installed.
        ValueError: the key is empty.
    """
    if not api_key.strip():
        raise ValueError("expected an API key, found an empty one")
    try:
        import anthropic  # noqa: PLC0415  # a second and 77 MB that an offline meeting never pays
    except ImportError as error:
        raise ExtraMissing("haiku", "anthropic") from error
    client = anthropic.AsyncAnthropic(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        timeout=anthropic.Timeout(DEADLINE, connect=_CONNECT_SECONDS),
        open_telemetry=False,
    )

    async def send(request: dict[str, Any]) -> object:
        return await client.messages.create(**request)

    async with client:
        yield send
