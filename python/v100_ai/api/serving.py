"""The whole service, put together and run until it is told to stop."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Final

import anyio
import anyio.lowlevel
import structlog

from v100_ai import clock
from v100_ai.addresses import system
from v100_ai.api.app import create_app
from v100_ai.api.metrics import Metrics
from v100_ai.api.server import Server, config
from v100_ai.api.service import Service
from v100_ai.bus import Bus, LocalBus
from v100_ai.config import Settings
from v100_ai.delivery import Dispatcher, Sender
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable
from v100_ai.highlights.claude.call import Call
from v100_ai.hub import opened as hub_opened
from v100_ai.session.minutes import Claude
from v100_ai.store import Store

EVERYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))
FORGET_EVERY: Final = 3600.0
DAY: Final = 86_400.0

log = structlog.get_logger("v100_ai.serve")


@asynccontextmanager
async def service(settings: Settings, store: Store) -> AsyncGenerator[Service]:
    """The service without a server, for as long as the block lasts."""
    allowed = EVERYWHERE if settings.allow_private else ()
    resolver = system()
    dispatcher = Dispatcher(store, Sender(allow=allowed))
    async with (
        _bus(settings) as bus,
        _claude(settings) as claude,
        hub_opened(
            settings, store, bus, allowed=allowed, claude=claude, committed=dispatcher.notify
        ) as hub,
        anyio.create_task_group() as group,
    ):
        made = Service(
            settings=settings,
            store=store,
            hub=hub,
            bus=bus,
            dispatcher=dispatcher,
            metrics=Metrics(),
            open=not await anyio.to_thread.run_sync(store.has_keys),
            allowed=allowed,
            resolver=resolver,
        )
        made.metrics.watch(made.counts)
        group.start_soon(dispatcher.run)
        group.start_soon(_forgetting, settings, store)
        yield made
        group.cancel_scope.cancel()


async def serve(settings: Settings, told: Callable[[str], None]) -> None:
    """Serve until a signal says otherwise. `told` gets the line that says where.

    Raises:
        SettingRejected: the settings do not fit each other.
        StoreUnavailable: the database cannot be used.
    """
    store = await anyio.to_thread.run_sync(lambda: Store.open(settings.database, wall=clock.wall))
    try:
        async with service(settings, store) as made:
            if made.open and not settings.loopback:
                raise SettingRejected(
                    f"expected keys before {settings.host} is served: others could do anything "
                    "here. Make one with `v100 keys create NAME`, or serve 127.0.0.1"
                )
            await _served(settings, made, told)
    finally:
        store.close()


async def _served(settings: Settings, made: Service, told: Callable[[str], None]) -> None:
    async def rest() -> None:
        await made.hub.drain()
        made.stopping.set()

    server = Server(config(create_app(made), host=settings.host, port=settings.port), rest)
    async with anyio.create_task_group() as group:
        group.start_soon(_tell, server, settings, made, told)
        await server.serve()
        group.cancel_scope.cancel()
    if not server.started:
        raise SettingRejected(f"cannot listen on {settings.host}:{settings.port}")


async def _tell(
    server: Server, settings: Settings, made: Service, told: Callable[[str], None]
) -> None:
    await server.listening.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    told(f"v100 serve: http://{host}:{port}")
    if made.open:
        told(
            "NO KEYS: whoever reaches this address may do anything. `v100 keys create NAME` makes one."
        )


async def _forgetting(settings: Settings, store: Store) -> None:
    """Let go of what is older than it has to be kept."""
    while True:
        before = clock.wall() - settings.retention_days * DAY
        try:
            while await anyio.to_thread.run_sync(store.expire, before):
                await anyio.lowlevel.checkpoint()
        except StoreUnavailable as away:
            await log.awarning("retention.failed", error=str(away))
        await anyio.sleep(FORGET_EVERY)


@asynccontextmanager
async def _bus(settings: Settings) -> AsyncGenerator[Bus]:
    if settings.redis is None:
        yield LocalBus()
        return
    try:
        from v100_ai.bus.redis import RedisBus  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("redis", "redis") from error
    async with RedisBus(settings.redis) as bus:
        yield bus


@asynccontextmanager
async def _claude(settings: Settings) -> AsyncGenerator[Claude | None]:
    if settings.anthropic_key is None:
        yield None
        return
    from v100_ai.highlights.claude.client import connect  # noqa: PLC0415  # an extra

    key = settings.anthropic_key.get_secret_value()
    async with connect(key, base_url=settings.anthropic_url) as send:
        yield Claude(
            ask=Call(send),
            model=settings.model,
            clock=clock.monotonic,
            dollars_an_hour=settings.dollars_an_hour,
            limit=anyio.CapacityLimiter(settings.questions),
        )
