"""What all sessions of a service share for the viral score: the table of weights, and topics that trend."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import structlog

from v100_ai.addresses import Network, target
from v100_ai.addresses.fetching import fetched
from v100_ai.addresses.networks import EVERYWHERE
from v100_ai.config import Settings
from v100_ai.errors import AddressRefused, SettingRejected, SourceLost
from v100_ai.viral.audience import Trend, trends_from
from v100_ai.viral.table import Table, shipped

log = structlog.get_logger("v100_ai.layers")

EVERY_S: Final = 600.0
"""Seconds between two askings of a URL; what was told last stands until then, and when nothing is answered."""


@dataclass(slots=True)
class Shared:
    """What the layers of all sessions read."""

    table: Table
    trends: tuple[Trend, ...] = ()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Shared]:
    """The service's table and topics; a URL is asked again for as long as this lasts.

    Raises:
        SettingRejected: the table, the file of topics or the URL cannot be used.
    """
    table = Table.read(settings.viral_table) if settings.viral_table else shipped()
    shared = Shared(table)
    if settings.trends is None:
        yield shared
        return
    if "://" not in settings.trends:
        shared.trends = _read(Path(settings.trends))
        yield shared
        return
    try:
        target(settings.trends)
    except AddressRefused as refused:
        raise SettingRejected(f"trends: {refused}") from refused
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(
            _follow, shared, settings.trends, EVERYWHERE if settings.allow_private else ()
        )
        yield shared
        tasks.cancel_scope.cancel()


def _read(path: Path) -> tuple[Trend, ...]:
    try:
        return trends_from(path.read_bytes())
    except OSError as wrong:
        raise SettingRejected(f"trends: {wrong}") from wrong


async def _follow(shared: Shared, url: str, allow: tuple[Network, ...]) -> None:
    while True:
        try:
            shared.trends = trends_from(await fetched(url, allow=allow))
        except (AddressRefused, SettingRejected, SourceLost) as wrong:
            await log.awarning("trends.unread", error=str(wrong))
        await anyio.sleep(EVERY_S)
