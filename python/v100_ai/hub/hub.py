"""The hub: makes sessions, holds those it owns, ends and removes them."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, Final

import anyio
import anyio.abc
import structlog
from anyio.to_thread import run_sync

from v100_ai import clock, ids
from v100_ai.addresses import Network
from v100_ai.bus import Bus
from v100_ai.config import Settings
from v100_ai.errors import Fenced, SettingRejected, StoreUnavailable
from v100_ai.events import ActionNotified, Event, SourceDisconnected, envelope, read
from v100_ai.hub import owner
from v100_ai.hub.live import Live
from v100_ai.hub.refusals import (
    AlreadyEnded,
    AtCapacity,
    Draining,
    SessionElsewhere,
    SessionUnknown,
)
from v100_ai.hub.sources import followed
from v100_ai.hub.tally import Tally
from v100_ai.hub.watching import Befell, noticed, paid
from v100_ai.layers.clips.resource import forgotten
from v100_ai.layers.highlights.watched import Watched
from v100_ai.records import PREFIX, Append, Endpoint, Kind, SessionRecord, Stored
from v100_ai.session.opening import Earlier, Opened, opened as session_opened, remembered
from v100_ai.session.session import Session
from v100_ai.session.settings import SessionSettings
from v100_ai.store import Idempotent, Removed, Store, Writer
from v100_ai.worker import Pool
from v100_ai.worker.located import located

CHECK: Final = 0.1
"""Seconds between two looks at whether a server that drains is done."""
PAGE: Final = 1000
LEVELS: Final = frozenset(
    {("source", "lag")}
    | {
        ("clips", what)
        for what in ("ready", "failed", "waiting", "recorded_seconds", "recorded_bytes")
    }
)
"""What sessions tell among their counts that goes up and down."""


def channel(tenant: str, address: str) -> str:
    """Where the bus has what is for one person, whatever session it comes from."""
    return f"people:{tenant}:{address.casefold()}"


log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Hub:
    """Owns sessions. Everything it needs is passed in; `Upkeep` has to run beside it."""

    settings: Settings
    store: Store
    writer: Writer
    bus: Bus
    group: anyio.abc.TaskGroup
    allowed: Sequence[Network] = ()
    """Networks that sources may lead to beside the public ones."""
    committed: Callable[[], None] = lambda: None
    """Told after each commit: there may be something to deliver."""
    resources: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the service opened for its layers, by flag."""
    wall: Callable[[], float] = clock.wall
    me: str = field(default_factory=owner.myself)
    live: dict[str, Live] = field(default_factory=dict[str, Live])
    draining: bool = False
    befell: Befell = field(default_factory=Befell)
    tally: Tally = field(default_factory=lambda: Tally(LEVELS))
    """What its sessions went through, by layer; also those that are gone."""
    awake: set[str] = field(default_factory=set[str])
    """Sessions in which time may change something: the others cost nothing."""
    _opening: dict[str, anyio.Lock] = field(default_factory=dict[str, anyio.Lock])

    def prepared(
        self, kind: Kind, tenant: str, name: str, settings: SessionSettings
    ) -> SessionRecord:
        """The record of a session that may be created.

        Raises:
            SettingRejected: the server's own rules of alerts could not be followed.
        """
        now = self.wall()
        layers = settings.layers.ruled(self.settings.alerts)
        settings = settings.model_copy(update={"layers": layers})
        return SessionRecord(
            id=ids.new(PREFIX[kind], at=now),
            kind=kind,
            tenant=tenant,
            name=name,
            settings=settings.model_dump(mode="json"),
            created=now,
            owner=self.me,
            epoch=1,
            lease=now + self.settings.lease_seconds,
        )

    async def create(
        self,
        record: SessionRecord,
        *,
        endpoint: Endpoint | None = None,
        idempotent: Idempotent | None = None,
    ) -> Session | Idempotent:
        """The session of a prepared record; or the answer that an earlier request with the same key had.

        `endpoint` is sent its events from the first one on.

        Raises:
            Draining: the server is about to stop.
            AtCapacity: it has a source, and there are too many.
            SettingRejected: a layer's settings cannot be used here, or a file lies outside the folder of files.
        """
        if self.draining:
            raise Draining
        opened = self._opened(record, None)
        asked = opened.session.settings
        for place in filter(None, (asked.source, asked.reference)):
            located(place, self.settings.files)
        if asked.source is not None and self.sources >= self.settings.workers:
            raise AtCapacity(self.settings.workers)
        async with self._lock(record.id):
            earlier = await run_sync(
                partial(self.store.add_session, record, endpoint=endpoint, idempotent=idempotent)
            )
            if earlier is not None:
                return earlier
            live = self._begin(opened)
            await live.session.start()
            await noticed(live, self.resources)
        return live.session

    async def session(self, id: str) -> Session:  # noqa: A002
        """The session, live; taken up from the log if it was not.

        Raises:
            SessionUnknown: there is none.
            AlreadyEnded: it has ended.
            SessionElsewhere: another server owns it.
        """
        live = self.live.get(id)
        if live is not None and not live.session.failed:
            return live.session
        return await self.take_up(id)

    async def take_up(self, id: str, *, dead: frozenset[str] = frozenset()) -> Session:  # noqa: A002
        """As `session`; what the `dead` own is taken from them at once."""
        async with self._lock(id):
            return (await self._held(id, dead=dead)).session

    async def end(self, id: str, reason: str) -> None:  # noqa: A002
        """Settle everything of a session and end it. One that has ended stays as it is.

        Raises what `session` raises, but for `AlreadyEnded`.
        """
        async with self._lock(id):
            try:
                live = await self._held(id)
            except AlreadyEnded:
                return
            session = live.session
            live.stop_sources()
            await session.settle()
            await session.close(reason)
            live.stop()
            self.live.pop(id, None)

    async def remove(self, id: str) -> Removed | None:  # noqa: A002
        """End a session, whatever state it is in and whoever owns it, and forget it: what of it, if it was there."""
        try:
            await self.end(id, "deleted")
        except (SessionUnknown, SessionElsewhere, Fenced) as refused:
            await log.ainfo("session.unended", session=id, reason=str(refused))
        live = self.live.pop(id, None)
        if live is not None:
            live.stop()
        removed = await run_sync(self.store.remove_session, id)
        await run_sync(forgotten, self.settings.clips, id)
        if removed is not None:
            await run_sync(self.store.fold)
            await log.ainfo("session.removed", session=id, **asdict(removed))
        return removed

    async def show(self, id: str, participant: str, source: str) -> None:  # noqa: A002
        """A participant's picture comes from there, until they leave or it ends.

        Raises what `session` raises, and:
            LayerOff: no layer that looks at frames is on.
            AtCapacity: there are too many sources.
            SettingRejected: it is a file that lies outside the folder of files.
        """
        session = await self.session(id)
        located(source, self.settings.files)
        known = session.tracks.sources.get(participant)
        if known is not None and known.url == source:
            return
        if known is None and self.sources >= self.settings.workers:
            raise AtCapacity(self.settings.workers)
        await session.show(participant, source)
        live = self.live.get(id)
        if live is not None and live.session is session:
            self.group.start_soon(self._shown, live, participant)

    @property
    def sources(self) -> int:
        """How many sources are being decoded for sessions of this server."""
        return sum(
            (one.session.settings.source is not None) + len(one.session.tracks.sources)
            for one in list(self.live.values())
        )

    @property
    def model(self) -> Watched | None:
        """The model that is paid for, as an operator watches it, where the service has a key of one."""
        return paid(self.resources)

    def refused(self, why: str | None) -> None:
        """The model refuses to serve, or serves again: sessions that asked for it are told, each once."""
        if why is not None:
            for live in list(self.live.values()):
                self.group.start_soon(noticed, live, self.resources)

    async def drain(self) -> None:
        """Take nothing new, wait for what runs as long as may be, then let go of every session."""
        self.draining = True
        with anyio.move_on_after(self.settings.drain_seconds):
            while self.live:  # noqa: ASYNC110  # sessions go in many places
                await anyio.sleep(CHECK)
        await self.release()

    async def release(self) -> None:
        """Let go of every session: another server may take them up at once."""
        self.draining = True
        held, self.live = list(self.live.values()), {}
        for live in held:
            live.stop()
            if not live.session.failed:
                await run_sync(self.store.release, live.session.id, live.session.record.epoch)
        # Where the database is away, the lease runs out by itself.
        with suppress(StoreUnavailable):
            await run_sync(self.store.leave, self.me)

    def _lock(self, id: str) -> anyio.Lock:  # noqa: A002
        """One at a time opens or ends a session."""
        idle = [key for key, lock in self._opening.items() if not lock.statistics().locked]
        for key in idle:
            del self._opening[key]
        return self._opening.setdefault(id, anyio.Lock())

    async def _held(self, id: str, *, dead: frozenset[str] = frozenset()) -> Live:  # noqa: A002
        live = self.live.get(id)
        if live is not None and not live.session.failed:
            return live
        taps = None
        if live is not None:
            live.stop()
            taps = live.session.taps
            del self.live[id]
        record = await run_sync(self.store.session, id)
        if record is None:
            raise SessionUnknown(id)
        if record.state == "ended":
            raise AlreadyEnded(id, record.reason)
        mine = dead | {self.me}
        epoch = await run_sync(
            partial(self.store.claim, id, self.me, self.settings.lease_seconds, dead=mine)
        )
        if epoch is None:
            raise SessionElsewhere(id)
        if live is not None:
            self.befell.failed += 1
        else:
            self.befell.takeovers += 1
        past = await run_sync(self._past, record)
        opened = self._opened(replace(record, epoch=epoch, owner=self.me), past)
        # Whoever pushes frames into the session that failed goes on to do so: they are the same taps.
        opened.session.taps = taps or opened.session.taps
        live = self._begin(opened)
        if not record.seq:
            await live.session.start()
        await live.session.commit(opened.step)
        return live

    def _opened(self, record: SessionRecord, past: Earlier | None) -> Opened:
        begun = clock.monotonic() - (self.wall() - record.created)
        try:
            return session_opened(
                record,
                write=self._write,
                clock=lambda: clock.monotonic() - begun,
                tell=partial(self._sample, record.id),
                resources=self.resources,
                past=past,
            )
        except ValueError as refused:
            raise SettingRejected(str(refused)) from refused

    def _past(self, record: SessionRecord) -> Earlier:
        """What the log holds of an earlier run."""
        events: list[Event] = []
        types = [each.type for each in remembered(record.settings)]
        after = 0
        while page := self.store.read(record.id, after=after, limit=PAGE, types=types):
            found = (read(one.type, json.loads(one.body)["data"]) for one in page)
            events += [each for each in found if each is not None]
            after = page[-1].seq
        return Earlier(events, self.store.journal(record.id), self.store.state(record.id))

    def _begin(self, opened: Opened) -> Live:
        session = opened.session
        live = Live(session, self.tally, pool=Pool(self.group, self.settings.files))
        self.live[session.id] = live
        session.stir = partial(self._stirred, live)
        session.stir()
        if session.settings.source is not None:
            self.group.start_soon(self._sourced, live)
        for participant in session.tracks.sources:
            self.group.start_soon(self._shown, live, participant)
        live.begin(self.group)
        return live

    def _stirred(self, live: Live) -> None:
        """Something came in, from any thread."""
        live.stirred = clock.monotonic()
        self.awake.add(live.session.id)

    async def _write(self, append: Append) -> tuple[Stored, ...]:
        stored = await self.writer.append(append)
        if stored:
            self.bus.publish(append.session, stored)
            self._notify(append.session, stored)
            self.committed()
        return stored

    def _sample(self, session: str, readings: dict[str, Any]) -> None:
        """A frame's readings for whoever looks on; they have no number and are kept nowhere."""
        self.bus.publish_sample(session, envelope.sample(session=session, data=readings))

    def _notify(self, session: str, stored: Sequence[Stored]) -> None:
        """What is for somebody who is not there also goes to them."""
        live = self.live.get(session)
        for one in stored:
            if one.type == ActionNotified.type and live is not None:
                address = json.loads(one.body)["data"]["address"]
                self.bus.publish(channel(live.session.record.tenant, address), [one])

    async def _sourced(self, live: Live) -> None:
        """Its source, until it ends for good."""
        session, reason = live.session, None
        with live.guarded():
            with live.running:
                try:
                    reason = await followed(session, self.settings, self.allowed)
                except SettingRejected as refused:
                    reason = str(refused)
            if reason is not None:
                await self.end(session.id, reason)

    async def _shown(self, live: Live, track: str) -> None:
        """A participant's picture, until its source ends for good, or they leave, or the session is no longer ours."""
        session = live.session
        source = session.tracks.sources.get(track)
        if source is None:
            return
        with live.guarded(), live.scope():
            async with anyio.create_task_group() as group:
                group.start_soon(_until, source.gone, group.cancel_scope)
                try:
                    await followed(session, self.settings, self.allowed, track, live.pool)
                except SettingRejected as refused:
                    told = SourceDisconnected(reason=str(refused), retry_in=None, track=track)
                    await session.keep(told)
                group.cancel_scope.cancel()
            if session.tracks.sources.get(track) is source:
                await session.commit(session.tracks.drop(track))


async def _until(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
