"""The whole service, put together and run until it is told to stop."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup
from anyio.to_thread import run_sync

from v100_ai.addresses import system
from v100_ai.api.app import create_app
from v100_ai.api.collectors import Build, DatabaseState, HubState, Layers, Webhooks
from v100_ai.api.health import apart
from v100_ai.api.metrics import Metrics
from v100_ai.api.notify import ALIVE, READY, STOPPING, Notify
from v100_ai.api.problems import first
from v100_ai.api.server import Beside, Server, config
from v100_ai.api.service import Service
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected
from v100_ai.hub import embedded, media


@asynccontextmanager
async def service(settings: Settings) -> AsyncGenerator[Service]:
    """The service without a server, for as long as the block lasts.

    Raises:
        SettingRejected: the settings do not fit each other.
        StoreUnavailable: the database cannot be used.
    """
    async with embedded(settings) as runs:
        made = Service(
            settings=settings,
            store=runs.store,
            hub=runs.hub,
            bus=runs.bus,
            dispatcher=runs.dispatcher,
            metrics=Metrics(),
            open=not await run_sync(runs.store.has_keys),
            allowed=runs.allowed,
            resolver=system(),
        )
        made.metrics.watch(
            Layers(made.counts, made.now),
            Build(settings),
            DatabaseState(runs.store),
            Webhooks(runs.store, runs.dispatcher, made.wall),
            HubState(runs.hub, runs.bus),
        )
        async with media(runs.hub, settings.media) as made.media:
            yield made


async def serve(settings: Settings, told: Callable[[str], None]) -> None:
    """Serve until a signal says otherwise. `told` gets the lines that say where, and how openly.

    Raises what `service` does.
    """
    async with service(settings) as made:
        if made.open and not settings.loopback:
            raise SettingRejected(
                f"expected keys before {settings.host} is served: others could do anything "
                "here. Make one with `v100 keys create NAME`, or serve 127.0.0.1"
            )

        systemd = Notify.from_environment()

        async def rest() -> None:
            systemd.tell(STOPPING)
            await made.hub.drain()
            made.stopping.set()

        server = Server(config(create_app(made), host=settings.host, port=settings.port), rest)
        try:
            async with anyio.create_task_group() as group, _counted(made, group):
                group.start_soon(_tell, server, made, told, systemd)
                await server.serve()
                group.cancel_scope.cancel()
        except ExceptionGroup as several:
            raise first(several) from several
        if not server.started:
            raise SettingRejected(f"cannot listen on {settings.host}:{settings.port}")


@asynccontextmanager
async def _counted(made: Service, group: TaskGroup) -> AsyncGenerator[None]:
    """The metrics on an address of their own, where that is asked for."""
    host, port = made.settings.metrics_host, made.settings.metrics_port
    if port is None:
        yield
        return

    async def rest() -> None:
        return None

    beside = Beside(config(apart(made), host=host, port=port), rest)
    group.start_soon(beside.serve)
    await beside.listening.wait()
    if not beside.started:
        raise SettingRejected(f"cannot listen on {host}:{port} for metrics")
    yield


async def _tell(
    server: Server, made: Service, told: Callable[[str], None], systemd: Notify
) -> None:
    await server.listening.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    host = made.settings.host
    told(f"v100 serve: http://{f'[{host}]' if ':' in host else host}:{port}")
    if made.media is not None:
        ports = ", ".join(map(str, made.media.rooms.ports))
        told(f"media: udp {made.media.settings.host} {ports}")
    if made.open:
        told(
            "NO KEYS: whoever reaches this address may do anything. `v100 keys create NAME` makes one."
        )
    systemd.tell(READY)
    every = systemd.every
    while every is not None:
        # From here, so that an event loop that stands still is not kept alive; and not without what writes.
        if made.hub.writer.alive:
            systemd.tell(ALIVE)
        await anyio.sleep(every)
