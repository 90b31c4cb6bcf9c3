"""The service without a server: sessions in a program of one's own, on the same log, bus and webhooks."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, Final, Unpack

import anyio
import structlog
from anyio.to_thread import run_sync
from pydantic import ValidationError

from v100_ai import clock
from v100_ai.addresses import Network
from v100_ai.addresses.networks import EVERYWHERE
from v100_ai.bus import Bus, LocalBus, follow
from v100_ai.config import Settings, rejected
from v100_ai.delivery import Dispatcher, Sender
from v100_ai.errors import StoreUnavailable
from v100_ai.events import SessionEnded
from v100_ai.hub import reported
from v100_ai.hub.hub import Hub
from v100_ai.hub.upkeep import opened
from v100_ai.layers.clips.resource import expired
from v100_ai.layers.flags import Asked, resources
from v100_ai.records import Json, Kind, Stored
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings, alerts
from v100_ai.store import Outage, Removed, Store
from v100_ai.worker import Pace

DAY: Final = 86_400.0
PAGE: Final = 500
TENANT: Final = "default"

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Embedded:
    """Everything that runs, for as long as the block of `embedded` lasts."""

    settings: Settings
    store: Store
    bus: Bus
    hub: Hub
    dispatcher: Dispatcher
    allowed: Sequence[Network] = field(default=())

    async def meeting(self, name: str, **layers: Unpack[Asked]) -> Session:
        """A new meeting; the layers are flags as over HTTP. Raises `SettingRejected` for what is none."""
        return await self._create("meeting", name, {"layers": layers})

    async def stream(
        self,
        name: str,
        *,
        source: str | None = None,
        reference: str | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002 - the setting's name
        pace: Pace = "live",
        **layers: Unpack[Asked],
    ) -> Session:
        """A new stream. Without a source, its frames are those that are pushed; `input` is what of it is read.

        Raises `SettingRejected`.
        """
        asked = {
            "layers": layers,
            "source": source,
            "reference": reference,
            "input": dict(input or {}),
            "pace": pace,
        }
        return await self._create("stream", name, asked)

    async def events(self, session: str, *, after: int = 0) -> AsyncIterator[Stored]:
        """The events of a session after that number, as they come, until it ends. Raises `HistoryLost`."""

        async def read(session: str, after: int) -> Sequence[Stored]:
            return await run_sync(partial(self.store.read, session, after=after, limit=PAGE))

        async for page in follow(read, self.bus, session, after):
            for event in page:
                yield event
                if event.type == SessionEnded.type:
                    return

    async def end(self, session: str, reason: str = "done") -> None:
        """End a session, and say why: what its layers still hold comes out first, then `session.ended`."""
        await self.hub.end(session, reason)

    async def participants(self, session: str) -> Mapping[str, str | None]:
        """Who is in a session, with their names."""
        return dict((await self.hub.session(session)).participants)

    async def alerts(self, session: str) -> Sequence[Json]:
        """The alerts of a session that are open."""
        found: Sequence[Json] = (await self.hub.session(session)).state.get("alerts", [])
        return found

    async def report(self, session: str, *, transcript: bool = False) -> str:
        """The report of a session, from its log, as one page of HTML that needs no other file."""
        return await run_sync(
            partial(reported.page, self.store, session, "administrator", transcript=transcript)
        )

    async def report_document(self, session: str, *, transcript: bool = False) -> dict[str, Any]:
        """The report of a session as a document for programs."""
        return await run_sync(
            partial(reported.document, self.store, session, "administrator", transcript=transcript)
        )

    async def _create(self, kind: Kind, name: str, asked: dict[str, Any]) -> Session:
        try:
            wanted = SessionSettings.model_validate(asked)
        except ValidationError as refused:
            raise rejected(refused) from refused
        record = self.hub.prepared(kind, TENANT, name, wanted)
        session = await self.hub.create(record)
        assert isinstance(session, Session)  # noqa: S101  # no key, no earlier answer
        return session


@asynccontextmanager
async def embedded(settings: Settings | None = None, **given: Any) -> AsyncGenerator[Embedded]:
    """Sessions in this program. `given` are settings by name, such as `database` or `files`.

    Raises:
        SettingRejected: one of them cannot be used.
        ExtraMissing: one of them needs a package that is not installed.
        StoreUnavailable: the database cannot.
    """
    settings = settings or Settings.read(None, **given)
    alerts(settings.alerts or ())
    allowed = EVERYWHERE if settings.allow_private else ()
    store = await run_sync(partial(Store.open, settings.database, wall=clock.wall))
    store.health.changed = _outage
    sender = Sender(allow=allowed)
    dispatcher = Dispatcher(store, sender)
    try:
        async with (
            sender,
            _bus(settings) as bus,
            AsyncExitStack() as stack,
            opened(
                settings,
                store,
                bus,
                allowed=allowed,
                resources=await resources(settings, stack),
                committed=dispatcher.notify,
            ) as hub,
            anyio.create_task_group() as group,
        ):
            group.start_soon(dispatcher.run)
            group.start_soon(_forgetting, settings, store)
            # Raised through the group, the block's own error would come out as one of a group's.
            failed: Exception | None = None
            try:
                yield Embedded(settings, store, bus, hub, dispatcher, allowed)
            except Exception as error:  # noqa: BLE001  # the caller's, and given back to them
                failed = error
            await hub.release()
            group.cancel_scope.cancel()
        if failed is not None:
            raise failed
    finally:
        store.close()


def _outage(outage: Outage, lasted: float | None) -> None:
    """One line when the database stops taking what is written, and one when it does again."""
    if lasted is None:
        log.error("database.outage", reason=outage.reason, error=outage.said)
    else:
        log.warning("database.back", reason=outage.reason, seconds=round(lasted, 1))


async def _forgetting(settings: Settings, store: Store) -> None:
    """Let go of what is older than it has to be kept."""
    while True:
        try:
            removed = await run_sync(_swept, settings, store, clock.wall())
            if removed != Removed():
                await log.ainfo("retention.swept", **asdict(removed))
        except StoreUnavailable as away:
            await log.adebug("retention.failed", error=str(away))
        await anyio.sleep(settings.sweep_seconds)


def _swept(settings: Settings, store: Store, now: float) -> Removed:
    """Forget all whose time is over, with their clips: how much it was."""
    before, clips = now - settings.retention_days * DAY, partial(expired, settings.clips)
    whole, removed = Removed(), store.expire(before, clips)
    while removed.sessions:
        whole, removed = whole + removed, store.expire(before, clips)
    whole += removed
    if whole != Removed():
        store.fold()
    return whole


@asynccontextmanager
async def _bus(settings: Settings) -> AsyncGenerator[Bus]:
    if settings.redis is None:
        yield LocalBus()
        return
    from v100_ai.bus.redis import RedisBus  # noqa: PLC0415  # an extra

    async with RedisBus(settings.redis) as bus:
        yield bus
