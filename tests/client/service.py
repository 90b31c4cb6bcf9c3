"""A small service with the events' protocol of the real one, which does to its readers what it is told."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

KEY = "v100_secret"


def envelope(seq: int, *, epoch: int = 1, kind: str = "scene.cut") -> dict[str, Any]:
    return {
        "id": f"evt_{seq}",
        "type": kind,
        "time": "2026-11-27T00:00:00.000Z",
        "session": "str_1",
        "seq": seq,
        "epoch": epoch,
        "data": {"pts": seq / 25},
    }


def log(count: int, *, ended: bool = True) -> list[dict[str, Any]]:
    """Events 1 to `count`; the last one ends the session."""
    events = [envelope(seq) for seq in range(1, count + 1)]
    if ended:
        events[-1]["type"] = "session.ended"
    return events


@dataclass
class Turn:
    """What one connection does: `cut` is after how many messages it breaks, and each way is another."""

    cut: int | None = None
    refuse: int | None = None
    """An HTTP status instead of a WebSocket."""
    back: int = 0
    """How many events before the one asked for are sent again."""
    skip: int = 0
    """How many events are left out."""
    garbage: str | None = None
    """A message that is none."""
    silent: bool = False
    """Nothing more is said, and the connection stays."""
    code: int = 1012


@dataclass
class Service:
    """Turns are taken one a connection; afterwards all goes well."""

    events: list[dict[str, Any]]
    turns: list[Turn] = field(default_factory=list[Turn])
    first: int = 1
    """The first event that is kept."""
    opened: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list[Response])
    answer: Callable[[], Response] = lambda: JSONResponse({})
    between: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Messages between the greeting and the events."""
    url: str = ""

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                WebSocketRoute("/v1/streams/{id}/events", self._events),
                Route("/{rest:path}", self._http, methods=methods),
            ]
        )

    async def _http(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode()
        path += f"?{request.url.query}" if request.url.query else ""
        body = await request.body()
        self.requests.append((request.method, path, dict(request.headers), body))
        return self.answers.pop(0) if self.answers else self.answer()

    async def _events(self, ws: WebSocket) -> None:
        asked = dict(ws.query_params)
        self.opened.append({**asked, "authorization": ws.headers.get("authorization", "")})
        turn = self.turns.pop(0) if self.turns else Turn()
        if turn.refuse is not None:
            problem = {"code": "refused", "detail": "not now"}
            await ws.send_denial_response(JSONResponse(problem, turn.refuse))
            return
        await ws.accept("v100.v1")
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._tell(ws, turn, asked)

    async def _tell(self, ws: WebSocket, turn: Turn, asked: dict[str, str]) -> None:
        newest = self.events[-1]
        after = newest["seq"] if asked["after"] == "latest" else int(asked["after"])
        epochs = {each["seq"]: each["epoch"] for each in self.events}
        known = "epoch" not in asked or not after or epochs.get(after) == int(asked["epoch"])
        if after > newest["seq"] or after < self.first - 1 or not known:
            lost = {"epoch": newest["epoch"], "first": self.first, "last": newest["seq"]}
            await ws.send_json({"type": "resync", **lost})
            await ws.close(1000, "resync")
            return
        wanted = set(filter(None, asked.get("types", "").split(",")))
        hello = {"type": "hello", "session": "str_1", "epoch": 1, "seq": newest["seq"], "state": {}}
        messages: list[dict[str, Any]] = [{**hello, "after": after}, {"type": "heartbeat"}]
        messages += self.between
        start = max(after - turn.back, 0) + turn.skip
        told = [each for each in self.events if each["seq"] > start]
        messages += [each for each in told if not wanted or each["type"] in wanted]
        if self.events[-1]["type"] == "session.ended":
            messages.append({"type": "end"})
        for number, message in enumerate(messages):
            if number == turn.cut:
                if turn.silent:
                    await ws.receive()
                if turn.garbage is not None:
                    await ws.send_text(turn.garbage)
                elif turn.code == 0:
                    raise ConnectionResetError
                await ws.close(turn.code)
                return
            await ws.send_text(json.dumps(message))
        await ws.close(1000)


@contextlib.contextmanager
def serving(service: Service, *, port: int = 0) -> Iterator[Service]:
    """The service on loopback, in a thread, as long as the block."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        service.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            service.app(), log_level="critical", ws="websockets-sansio", lifespan="off"
        )
        started = threading.Event()

        class Announced(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started.set()

        server = Announced(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert started.wait(20)
            yield service
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)
