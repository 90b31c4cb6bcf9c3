"""One live session: what comes in goes through its layers, what they say is kept, then told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.to_thread import run_sync

from v100_ai.events import (
    Event,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    Role,
    SessionEnded,
    SessionStarted,
    SessionStats,
)
from v100_ai.events.speaker import Box
from v100_ai.highlights.model import Segment
from v100_ai.layers.flags import FLAGS, taking
from v100_ai.layers.inputs import (
    NAMES,
    Columns,
    Face,
    Found,
    Frames,
    Input,
    Joined,
    Left,
    Level,
    Levels,
    Missed,
    Muted,
    Segments,
    Sound,
    Speaking,
    Verdict,
)
from v100_ai.layers.layer import NOTHING, Layer, LayerOff, Step, signed, summed
from v100_ai.records import PLURAL, Json, SessionRecord
from v100_ai.session.appends import Appends, Unkept, Write
from v100_ai.session.heard import Heard, Taken
from v100_ai.session.roster import Roster, invited
from v100_ai.session.settings import SessionSettings
from v100_ai.session.sound import SoundBlocks
from v100_ai.session.taps import Taps
from v100_ai.session.tracks import Tracks
from v100_ai.session.transcript import transcribed

Counts = Mapping[str, int | float | None]
STATS_EVERY = 10.0
"""Seconds between two `session.stats`, where something changed."""


@dataclass(slots=True)
class Session:
    """A session as its owner holds it.

    What it remembers follows from the log. When a write fails it is of no further use: `failed` is set, and
    whoever holds it opens it again from the log, so that nothing was half done. `clock` is seconds since the
    session was created; all times on its axis are these.
    """

    record: SessionRecord
    settings: SessionSettings
    write: Write
    clock: Callable[[], float]
    tell: Callable[[dict[str, Any]], None]
    """Takes a sample for whoever looks on: kept nowhere."""
    stir: Callable[[], None] = lambda: None
    """Told, from any thread, that something came in: `due` may be true before `wakes` said."""
    layers: tuple[Layer, ...] = ()
    """In the order they are pushed and settled."""
    ended: bool = False
    heard: Heard = field(default_factory=Heard)
    """The transcript's segments, by id."""
    roster: Roster = field(init=False)
    counts: dict[str, Counts] = field(default_factory=dict[str, Counts])
    """What was dropped elsewhere for this session, by place."""
    tracks: Tracks = field(default_factory=Tracks)
    taps: Taps = field(init=False)
    _blocks: SoundBlocks = field(default_factory=SoundBlocks)
    _told: tuple[float, dict[str, Any]] = (0.0, {})
    _takes: frozenset[type[Input]] = field(init=False)
    _appends: Appends = field(init=False)
    _running: dict[str, anyio.Event] = field(default_factory=dict[str, anyio.Event])
    """Of each layer with work beside the session: set when it is done."""

    def __post_init__(self) -> None:
        self._appends = Appends(self.id, self.record.epoch, self.write)
        self.roster = invited(self.settings.people)
        self.taps = Taps(self.settings.layers.pixels, self.tracks.numbered)
        self._takes = frozenset(kind for layer in self.layers for kind in layer.takes)
        self._running = {layer.name: anyio.Event() for layer in self.layers if layer.runs}

    @property
    def failed(self) -> bool:
        """Whether it is of no further use."""
        return self._appends.failed

    @failed.setter
    def failed(self, failed: bool) -> None:
        self._appends.failed = failed

    @property
    def id(self) -> str:
        """Its id, for good."""
        return self.record.id

    @property
    def participants(self) -> Mapping[str, str | None]:
        """Who is here, with their names."""
        return self.roster.here

    @property
    def state(self) -> dict[str, Any]:
        """What stands now: what an administrator who joins late has to be told."""
        return self.seen("administrator")

    def seen(self, role: Role) -> dict[str, Any]:
        """What stands now, as far as somebody may see it."""
        state: dict[str, Any] = {"participants": dict(self.participants)}
        if self.takes(Muted):
            state["muted"] = sorted(self.roster.muted)
        for layer in self.layers:
            state |= layer.seen(role)
        return state

    def takes(self, *kinds: type[Input]) -> bool:
        """Whether one of its layers takes any of these."""
        return not self._takes.isdisjoint(kinds)

    @property
    def wakes(self) -> float | None:
        """When `due` may be true next, if nothing comes in; None for never."""
        if self.taps:
            return 0.0
        times = [self._told[0] + STATS_EVERY] if self.stats.counts != self._told[1] else []
        times += [at for each in self.layers if (at := each.wakes) is not None]
        return min(times, default=None)

    async def start(self) -> None:
        """Tell that it exists."""
        on = self.settings.layers.on
        kind, name = self.record.kind, self.record.name
        await self.keep(SessionStarted(name=name, session_kind=kind, layers=on))

    async def join(self, participant: str, name: str | None, role: Role | None = None) -> None:
        """Somebody is there; again and again is as good as once. Raises `SettingRejected` when it is full."""
        self.roster.missing({participant})
        await self.commit(self._join(participant, name, role))

    async def leave(self, participant: str) -> bool:
        """Somebody is gone; whether they were there."""
        if not self.roster.leave(participant):
            return False
        self._blocks.leave(participant)
        left = ParticipantLeft(at=self.clock(), participant=participant)
        await self.commit(
            self._take(Left(participant)) + self._said(left) + self.tracks.drop(participant)
        )
        return True

    async def show(self, participant: str, source: str) -> None:
        """A participant's picture comes from there, until they leave. Raises `LayerOff`."""
        self.need_pixels()
        await self.commit(self.tracks.add(participant, source))

    async def mute(self, participant: str, *, muted: bool) -> None:
        """Whether somebody's microphone is heard. Raises `LayerOff`."""
        self._need(Muted)
        if not self.roster.mute(participant, muted=muted):
            return
        told = ParticipantMuted(at=self.clock(), participant=participant, muted=muted)
        await self.commit(self._take(Muted(participant, muted)) + self._said(told))

    async def face(self, participant: str, box: Box | None) -> None:
        """Where somebody's face is in their picture. Raises `LayerOff`."""
        self._need(Face)
        await self.commit(self._take(Face(participant, box)))

    async def verdict(self, said: Verdict) -> None:
        """What a host says of an altered face's flag. Raises `LayerOff`."""
        self._need(Verdict)
        await self.commit(self._take(said))

    async def levels(self, levels: Sequence[Level]) -> None:
        """Audio levels, in any order; those that cannot be used are counted. Raises `SettingRejected` and `LayerOff`."""
        self._need(Levels)
        await self.commit(self._levels(levels))

    async def sound(
        self, participant: str, samples: bytes, *, rate: int, at: float | None = None
    ) -> int:
        """Mono sound of 16-bit samples; how many levels it gave. Raises `AudioRejected`, `SettingRejected`, `LayerOff`."""
        self._need(Sound, Levels)
        blocks = self._blocks.push(participant, samples, rate=rate, at=at, clock=self.clock())
        step = self._levels(blocks.levels) if self.takes(Levels) else self._joined({participant})
        if participant not in self.roster.muted:
            step += self._take(Sound(participant, blocks.samples, rate, blocks.at))
        await self.commit(step)
        return len(blocks.levels)

    async def captions(self, segments: Sequence[Segment]) -> Taken:
        """Final pieces of transcript, kept when this returns.

        One that comes again in other words counts from then on. Raises `SettingRejected`.
        """
        before = self.heard.taken
        step = self._take(Segments(segments))
        taken = self.heard.taken - before
        await self.commit(step)
        for layer in self.layers:
            await layer.ready()
        return taken

    async def speaking(self) -> None:
        """Somebody is in the middle of a sentence: this is no silence."""
        await self.commit(self._take(Speaking()))

    def push(self, picture: object, pts: float, *, participant: str | None = None) -> bool:
        """Lend a frame shown at `pts` seconds on the session's axis, from any thread; false if it is not taken.

        Takes what `Tap.offer` takes and never waits: a frame that nobody has measured yet gives way to a newer one.
        The first push of a track makes its tap, which takes longer. In a meeting, `participant` says whose picture.

        Raises `LayerOff` where no layer looks at frames, `FrameRejected` for one that cannot be read as it is described.
        """
        if self.ended:
            return False
        self.need_pixels()
        taken = self.taps.offer(picture, pts, participant)
        self.stir()
        return taken

    async def give(self, given: Input) -> None:
        """Something for the layers that take it. Raises `LayerOff` where none does."""
        self._need(type(given))
        await self.commit(self._take(given))

    async def gap(self, since: float, until: float, reason: str, track: str | None = None) -> None:
        """Frames were missed."""
        await self.commit(self._take(Missed(since, until, reason, track)))

    async def frames(
        self,
        columns: Columns,
        found: Sequence[Found] = (),
        *,
        track: str | None = None,
        position: Json | None = None,
    ) -> None:
        """Some frames' readings, and cuts and faults in what was read so far; `position` is where the source stands."""
        await self._measured(Frames(columns, found, track, position))

    async def _measured(self, frames: Frames) -> None:
        step = self._take(frames)
        if frames.count:
            self.tell(frames.newest)
        await self.commit(step)

    @property
    def due(self) -> bool:
        """Whether `tick` has something to do."""
        now = self.clock()
        waits = any(layer.due(now) for layer in self.layers)
        return waits or bool(self.taps) or now - self._told[0] >= STATS_EVERY

    async def tick(self) -> None:
        """Time has passed."""
        now = self.clock()
        for frames in self.taps.collect():
            await self._measured(frames)
        due = [layer for layer in self.layers if layer.due(now)]
        await self.commit(summed(self._from(layer, layer.tick(now)) for layer in due))
        if now - self._told[0] >= STATS_EVERY:
            stats = self.stats
            if stats.counts != self._told[1]:
                await self.keep(stats)
            self._told = (now, dict(stats.counts))

    async def settle(self) -> None:
        """No more comes in: everything that waits is decided and told."""
        for frames in await run_sync(self.taps.close):
            await self._measured(frames)
        for layer in self.layers:
            await self.commit(self._from(layer, layer.settle(self.clock())))
            if layer.name in self._running:
                with anyio.move_on_after(layer.patience):
                    await self._running[layer.name].wait()

    async def run(self, layer: Layer) -> None:
        """A layer's work beside the session, until it is settled."""
        try:
            await layer.run(self._beside(layer))
        except Unkept:
            pass
        finally:
            self._running[layer.name].set()

    async def close(self, reason: str) -> None:
        """The last event. Everything is settled before."""
        report = f"/v1/{PLURAL[self.record.kind]}/{self.id}/report"
        told = SessionEnded(reason=reason, report=report)
        await self._appends.append(Step((self.stats, told)), ends=reason)
        self.ended = True

    async def keep(self, *events: Event) -> None:
        """Write events, in their order."""
        await self.commit(self._said(*events))

    async def commit(self, step: Step) -> None:
        """Write what a step says, if it says anything."""
        if step:
            await self._appends.append(step)

    def _beside(self, layer: Layer) -> Callable[[Callable[[], Step]], Awaitable[None]]:
        async def keep(work: Callable[[], Step]) -> None:
            await self._appends.all_kept()
            self.stir()
            await self.commit(self._from(layer, work()))

        return keep

    def _take(self, given: Input) -> Step:
        """What an input leads to, in all layers."""
        self.stir()
        if isinstance(given, Segments):
            return self._words(given.segments)
        return self._pushed(given)

    def _pushed(self, given: Input) -> Step:
        now = self.clock()
        return summed(
            self._from(layer, layer.push(given, now))
            for layer in self.layers
            if type(given) in layer.takes
        )

    def _from(self, layer: Layer, step: Step) -> Step:
        """What a layer says, and what that leads to in others."""
        return self._onwards(signed(layer, step)) if step else step

    def _said(self, *events: Event) -> Step:
        """What the session itself says, and what that leads to."""
        return self._onwards(Step(events))

    def _onwards(self, step: Step) -> Step:
        wanted = [each for each in step.events if type(each) in self._takes]
        own = Step(step.events, step.journal, step.state)
        return summed([own, *map(self._take, step.inputs), *map(self._take, wanted)])

    def _words(self, segments: Sequence[Segment]) -> Step:
        """Final pieces of transcript, each heard once."""
        joined = self._joined({one.participant for one in segments})
        new = [one for each in segments if (one := self.heard.news(each)) is not None]
        return joined + self._said(*map(transcribed, new)) + self._pushed(Segments(new))

    def _levels(self, levels: Sequence[Level]) -> Step:
        return self._joined({one.participant for one in levels}) + self._take(Levels(levels))

    def _joined(self, people: AbstractSet[str]) -> Step:
        """What is told of those of these people who were not there. Raises `SettingRejected` before anything changes."""
        return summed(self._join(who) for who in self.roster.missing(people))

    def _join(self, participant: str, name: str | None = None, role: Role | None = None) -> Step:
        """What is told when somebody is there who was not, or by another name or role."""
        if not self.roster.join(participant, name, role):
            return NOTHING
        told = ParticipantJoined(
            at=self.clock(),
            participant=participant,
            name=self.participants[participant],
            role="host" if participant in self.roster.hosts else None,
        )
        return self._said(told) + self._take(Joined(participant))

    def _need(self, *kinds: type[Input]) -> None:
        if not self.takes(*kinds):
            flags = dict.fromkeys(flag for kind in kinds for flag in taking(kind))
            raise LayerOff(NAMES[kinds[0]], list(flags))

    def need_pixels(self) -> None:
        """Raises `LayerOff` where no layer looks at frames."""
        if not self.settings.layers.pixels:
            raise LayerOff(NAMES[Frames], [each.name for each in FLAGS if each.pixels])

    @property
    def stats(self) -> SessionStats:
        """What went through so far, and what was dropped where."""
        counts: dict[str, Counts] = dict(self.counts)
        counts |= {layer.name: found for layer in self.layers if (found := layer.counts)}
        if self.taps:
            counts["pushed"] = self.taps.counts
        return SessionStats(counts=counts)
