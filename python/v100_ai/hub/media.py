"""Rooms of the media server beside the sessions they belong to: levels in, layouts out, and who comes and goes."""

import secrets
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import anyio
import anyio.abc
import structlog
from anyio.to_thread import run_sync

from v100_ai import clock
from v100_ai.config import MediaSettings
from v100_ai.errors import V100Error
from v100_ai.hub.hub import Hub
from v100_ai.hub.media_events import arrivals, event_of
from v100_ai.hub.refusals import Draining
from v100_ai.hub.tally import Tally
from v100_ai.hub.tapped import RoomTap
from v100_ai.layers.inputs import Level, Levels
from v100_ai.rooms import Answer, Happened, Role, Room, Rooms, RoomUnknown, Wish
from v100_ai.session.session import Session
from v100_ai.worker import Limits

TAP: Final = "media_tap"

LISTEN: Final = 0.1
"""Seconds between two looks at the levels, and at the layout that follows from them."""
STATS_EVERY: Final = 10.0
"""Seconds between two `media.stats` of a session."""
AGAIN: Final = 1.0
"""Seconds until a tap begins again."""
WHOLE: Final = 0.25
"""A tile of at least this part of the screen is shown in full size."""

log = structlog.get_logger("v100_ai.hub")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection of somebody, as its resource over HTTP."""

    id: str
    session: str
    tenant: str
    participant: str
    role: Role
    peer: int
    ufrag: str


@dataclass(slots=True)
class Tapping:
    """A room's tap, and what runs it."""

    tap: RoomTap
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    async def run(self) -> None:
        """Until its room is closed; a session that failed is taken up again, and its tap with it."""
        with self.scope:
            while True:
                with _guarded(self.tap.room.session):
                    await self.tap.run()
                await anyio.sleep(AGAIN)


@dataclass(slots=True)
class Media:
    """The media server of a hub's sessions. `run` has to run beside it."""

    rooms: Rooms
    hub: Hub
    settings: MediaSettings
    secret: bytes = field(default_factory=partial(secrets.token_bytes, 32))
    """What room tokens are signed with."""
    monotonic: Callable[[], float] = clock.monotonic
    connections: dict[str, Connection] = field(default_factory=dict[str, Connection])
    _by_peer: dict[int, str] = field(default_factory=dict[int, str])
    _shown: dict[str, tuple[Wish, ...]] = field(default_factory=dict[str, tuple[Wish, ...]])
    _taps: dict[str, Tapping] = field(default_factory=dict[str, Tapping])
    _told: dict[str, float] = field(default_factory=dict[str, float])
    _tally: Tally = field(default_factory=Tally)

    async def join(
        self, session: Session, participant: str, role: Role, offer: str
    ) -> tuple[Connection, Answer]:
        """Let somebody into a session's room.

        Raises what `Room.join` raises, and:
            Draining: the server is about to stop.
        """
        if self.hub.draining:
            raise Draining
        room = self.rooms.room(session.id)
        self._tally.begin(session.id, lambda: {TAP: room.dropped})
        bitrate = self.settings.bitrate
        answer = await run_sync(partial(room.join, participant, role, offer, bitrate=bitrate))
        connection = Connection(
            id=secrets.token_urlsafe(16),
            session=session.id,
            tenant=session.record.tenant,
            participant=participant,
            role=role,
            peer=answer.peer,
            ufrag=answer.ufrag,
        )
        self.connections[connection.id] = connection
        self._by_peer[answer.peer] = connection.id
        return connection, answer

    async def renew(self, connection: Connection, offer: str) -> tuple[Connection, Answer]:
        """Answer a connection's new offer. Raises what `Room.join` raises."""
        answer = await run_sync(self.rooms.offer, connection.peer, offer)
        renewed = replace(connection, ufrag=answer.ufrag)
        self.connections[connection.id] = renewed
        return renewed, answer

    def leave(self, connection: Connection) -> None:
        """End a connection."""
        self._forget(connection.peer)
        self.rooms.leave(connection.peer)

    def mute(self, session: str, participant: str, *, muted: bool) -> None:
        """Let nobody in the room hear somebody, or again."""
        room = self.rooms.find(session)
        if room is not None:
            room.mute(participant, "audio", muted=muted)

    def remove(self, session: str, participant: str) -> None:
        """End all connections of somebody."""
        room = self.rooms.find(session)
        if room is not None:
            room.remove(participant)

    async def run(self) -> None:
        """Until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._telling)
            group.start_soon(self._listening, group)

    async def _telling(self) -> None:
        while True:
            await anyio.wait_readable(self.rooms.fileno())
            for happened in self.rooms.take():
                with _guarded(happened.session):
                    await self._happened(happened)

    async def _listening(self, group: anyio.abc.TaskGroup) -> None:
        while True:
            await anyio.sleep(LISTEN)
            for room in self.rooms:
                session = self._session(room.session)
                if session is None:
                    if room.session not in self.hub.live:
                        self._close(room)
                    continue
                with _guarded(room.session):
                    await self._listen(session, room)
                    if room.session not in self._taps and self._decodes(session, room):
                        self._tap(room, group)

    def _session(self, id: str) -> Session | None:  # noqa: A002
        live = self.hub.live.get(id)
        return None if live is None or live.session.failed or live.session.ended else live.session

    def _decodes(self, session: Session, room: Room) -> bool:
        """Whether what is published is to be decoded, and there is a place for it."""
        places = self.hub.settings.workers - self.hub.sources - len(self._taps)
        return bool(room.tracks) and RoomTap.wanted(session, room) and places > 0

    def _tap(self, room: Room, group: anyio.abc.TaskGroup) -> None:
        limits = Limits(memory=self.hub.settings.worker_memory << 20)
        tapping = Tapping(RoomTap(room, partial(self._session, room.session), limits))
        self._taps[room.session] = tapping
        self._tally.begin((room.session, "decoded"), lambda: {TAP: tapping.tap.counts})
        group.start_soon(tapping.run)

    def _close(self, room: Room) -> None:
        self._tally.end(room.session)
        tapping = self._taps.pop(room.session, None)
        self._tally.end((room.session, "decoded"))
        if tapping is not None:
            tapping.scope.cancel()
        self.rooms.close(room.session)
        self._shown.pop(room.session, None)
        self._told.pop(room.session, None)

    def _forget(self, peer: int) -> None:
        self.connections.pop(self._by_peer.pop(peer, ""), None)

    async def _listen(self, session: Session, room: Room) -> None:
        heard = room.levels()
        if session.takes(Levels):
            now = session.clock()
            if heard:
                await session.levels(
                    [Level(max(0.0, now - one.age), one.participant, one.level) for one in heard]
                )
            self._show(session, room)
        if self.monotonic() - self._told.get(session.id, float("-inf")) >= STATS_EVERY:
            self._told[session.id] = self.monotonic()
            await session.keep(arrivals(self.rooms, session.id, at=session.clock()))

    def _show(self, session: Session, room: Room) -> None:
        """Put those into the slots who are in the layout, the large ones in full size."""
        layout = session.state.get("layout")
        if layout is None:
            return
        shown = tuple(
            Wish(tile["participant"], tile["width"] * tile["height"] >= WHOLE)
            for tile in layout["tiles"]
        )
        if shown != self._shown.get(session.id):
            self._shown[session.id] = shown
            room.show(shown)

    async def _happened(self, one: Happened) -> None:
        if one.kind == "gone":
            self._forget(one.peer)
        session = self._session(one.session)
        if session is None:
            return
        who, publishes = one.participant, one.role == "publish"
        if one.kind == "connected" and publishes:
            await session.join(who, None)
        await session.keep(event_of(one, at=session.clock()))
        if one.kind == "gone" and publishes and one.reason != "replaced":
            await session.leave(who)

    def counts(self) -> dict[str, dict[str, float]]:
        """What the server counted, by shard, and what the taps dropped."""
        counts: dict[str, dict[str, float]] = {
            f"media_{number}": {**shard.counts} for number, shard in enumerate(self.rooms.stats())
        }
        return counts | {TAP: {}} | self._tally.sums()

    def now(self) -> dict[str, dict[str, float]]:
        """Who is connected, by shard."""
        return {
            f"media_{number}": {"peers": shard.peers}
            for number, shard in enumerate(self.rooms.stats())
        }


@asynccontextmanager
async def media(hub: Hub, settings: MediaSettings | None) -> AsyncGenerator[Media | None]:
    """The media server of a hub, for as long as the block lasts; none where the settings have none.

    Raises:
        SettingRejected: it cannot be started as the settings say.
    """
    if settings is None:
        yield None
        return
    start = partial(
        Rooms.start,
        str(settings.host),
        settings.port,
        public=[str(address) for address in settings.addresses],
        shards=settings.shards,
    )
    rooms = await run_sync(start)
    made = Media(rooms, hub, settings)
    if settings.secret is not None:
        made.secret = settings.secret.get_secret_value().encode()
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(made.run)
            yield made
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(rooms.stop)


@contextmanager
def _guarded(session: str) -> Generator[None]:
    """What goes wrong in one session's room is that session's trouble alone."""
    try:
        yield
    except RoomUnknown:
        pass  # it was closed on the way
    except V100Error as refused:
        log.warning("media.failed", session=session, error=str(refused))
    except Exception:  # a fault of ours must not take the other rooms with it
        log.exception("media.failed", session=session)
