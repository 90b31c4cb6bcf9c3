"""The service's own settings of how the floor is found, for all its sessions; checked once."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from v100_ai.config import Settings
from v100_ai.errors import SettingRejected


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Mapping[str, float]]:
    """Settings of `SpeakerSettings` by name. Raises `SettingRejected` for those that there are not."""
    from v100_ai.director import ActiveSpeaker  # noqa: PLC0415  # the native module, for who listens

    given: dict[str, Any] = dict(settings.speaker)
    try:
        ActiveSpeaker(**given)
    except (ValueError, TypeError) as refused:
        raise SettingRejected(f"speaker: {refused}") from refused
    yield settings.speaker
