"""The real service on a free port of loopback, and clients of it."""

import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import anyio
import httpx2
from websockets.asyncio.client import ClientConnection, connect

from v100_ai import clock
from v100_ai.api import authentication
from v100_ai.api.app import create_app
from v100_ai.api.server import Server, config
from v100_ai.api.service import Service
from v100_ai.api.serving import service
from v100_ai.config import Settings
from v100_ai.records import Scope
from v100_ai.store import Store

MEETING = {"name": "Review", "ai": {"highlights": True, "active_speaker": True}}
STREAM = {"name": "Launch"}


@dataclass(slots=True)
class Api:
    """A running service. `http` and `socket` bring the administrator's key, unless told otherwise."""

    service: Service
    server: Server
    http: httpx2.AsyncClient
    port: int
    secret: str

    def key(
        self,
        *scopes: Scope,
        tenant: str = "default",
        session: str | None = None,
        expires: float | None = None,
    ) -> str:
        """The secret of a new key."""
        key, secret = authentication.made(
            tenant=tenant,
            name="test",
            scopes=scopes or ("admin",),
            now=clock.wall(),
            session=session,
            expires=expires,
        )
        self.service.store.add_key(key)
        return secret

    async def meeting(self, **more: Any) -> str:
        """The id of a new meeting."""
        answer = await self.http.post("/v1/meetings", json=MEETING | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def stream(self, **more: Any) -> str:
        """The id of a new stream."""
        answer = await self.http.post("/v1/streams", json=STREAM | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def say(self, meeting: str, *texts: str) -> None:
        """Bring captions into a meeting."""
        said = [
            {"participant": "alice", "start": float(n), "end": n + 1.0, "text": text}
            for n, text in enumerate(texts)
        ]
        answer = await self.http.post(f"/v1/meetings/{meeting}/captions", json=said)
        assert answer.status_code == 202, answer.text

    def socket(self, path: str, *, secret: str | None = "", **more: Any) -> connect:
        """A WebSocket; without a secret if it is None."""
        headers = more.pop("additional_headers", {})
        if secret is not None:
            headers = {"authorization": f"Bearer {secret or self.secret}", **headers}
        url = f"ws://127.0.0.1:{self.port}{path}"
        return connect(url, additional_headers=headers, proxy=None, **more)

    @property
    def readers(self) -> int:
        """How many sockets are open."""
        return int(self.service.metrics.sockets._value.get())

    @property
    def slow(self) -> int:
        """How many readers were too slow."""
        return int(self.service.metrics.slow._value.get())

    @property
    def connections(self) -> int:
        """How many the server has."""
        return len(self.server.server_state.connections)


async def unknown(host: str) -> list[str]:
    """What the names of the outside are to tests."""
    raise OSError(f"{host} is not looked up")


@asynccontextmanager
async def running(folder: Path, *, keys: bool = True, **settings: Any) -> AsyncIterator[Api]:
    """A service on SQLite in that folder, for as long as the block lasts."""
    database = settings.pop("database", f"sqlite:///{folder / 'v100.db'}")
    asked = Settings.read(None, database=database, drain_seconds=0, **settings)
    secret = ""
    if keys:
        key, secret = authentication.made(tenant="default", name="test", scopes=("admin",), now=1.0)
        store = Store.open(database, wall=clock.wall)
        store.add_key(key)
        store.close()
    async with service(asked) as made:
        made.resolver = unknown

        async def rest() -> None:
            return None

        server = Server(config(create_app(made), host="127.0.0.1", port=0), rest)
        stopped = anyio.Event()

        async def serve() -> None:
            await server.serve()
            stopped.set()

        async with anyio.create_task_group() as group:
            group.start_soon(serve)
            await server.listening.wait()
            port = server.servers[0].sockets[0].getsockname()[1]
            headers = {"authorization": f"Bearer {secret}"} if keys else {}
            url = f"http://127.0.0.1:{port}"
            try:
                async with httpx2.AsyncClient(
                    base_url=url, headers=headers, trust_env=False, timeout=45
                ) as http:
                    # Each request of a test brings what it says, and nothing of the one before.
                    http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
                    yield Api(made, server, http, port, secret)
            finally:
                # Also after a test that failed, so that it fails alone.
                made.stopping.set()
                server.should_exit = True
                with anyio.move_on_after(10, shield=True):
                    await stopped.wait()


async def events(socket: ClientConnection, *, until: str = "") -> list[dict[str, Any]]:
    """What a socket tells, until a message of that type or its end."""
    found = []
    async for message in socket:
        found.append(json.loads(message))
        if found[-1]["type"] == until:
            break
    return found


async def until(holds: Callable[[], bool], *, seconds: float = 45.0) -> None:
    """Wait until something holds that nobody tells of."""
    with anyio.fail_after(seconds):
        while not holds():  # noqa: ASYNC110  # there is no event for it
            await anyio.sleep(0.01)


def types(found: Iterable[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


def raw(port: int, *, receive: int | None = None) -> socket.socket:
    """A connection that does only what it is told to."""
    connection = socket.socket()
    if receive is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.connect(("127.0.0.1", port))
    return connection
