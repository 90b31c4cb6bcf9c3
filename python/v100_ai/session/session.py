"""One live session: what comes in goes through its layers, what they say is kept, then told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync

from v100_ai.director import Box
from v100_ai.errors import SettingRejected, V100Error
from v100_ai.events.kinds import (
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    SessionEnded,
    SessionStarted,
    SessionStats,
    TranscriptSegment,
)
from v100_ai.highlights.meeting import Event as MeetingEvent, Step
from v100_ai.highlights.segment import Segment
from v100_ai.records import PLURAL, Append, Draft, Json, Session as Record, Stored
from v100_ai.session.drafts import Event, draft
from v100_ai.session.floor import Floor
from v100_ai.session.minutes import Minutes
from v100_ai.session.order import Level
from v100_ai.session.picture import Columns, Found, Picture
from v100_ai.session.settings import SessionSettings
from v100_ai.session.sound import Sound

if TYPE_CHECKING:
    from v100_ai.session.dictation import Dictation
    from v100_ai.session.pushed import Pushed

STATS_EVERY = 10.0
"""Seconds between two `session.stats`, where something changed."""

MOST_PARTICIPANTS = 512

Write = Callable[[Append], Awaitable[tuple[Stored, ...]]]


class LayerOff(V100Error):
    """Something came in for a layer that is not on."""

    def __init__(self, layer: str, found: str) -> None:
        super().__init__(f"expected {found} only where the layer {layer} is on")
        self.layer = layer


@dataclass(slots=True)
class Session:
    """A session as its owner holds it.

    What it remembers follows from the log. When a write fails it is of no further use: `failed` is set, and
    whoever holds it opens it again from the log, so that nothing was half done. `clock` is seconds since the
    session was created; all times on its axis are these.
    """

    record: Record
    settings: SessionSettings
    write: Write
    clock: Callable[[], float]
    tell: Callable[[dict[str, Any]], None]
    """Takes a sample for whoever looks on: kept nowhere."""
    floor: Floor | None = None
    minutes: Minutes | None = None
    picture: Picture | None = None
    dictation: "Dictation | None" = None
    """Where sound becomes text, with the layer that asks for it."""
    failed: bool = False
    ended: bool = False
    heard: set[str] = field(default_factory=set[str])
    """Ids of the transcript's segments."""
    participants: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Who is here, with their names."""
    counts: dict[str, dict[str, int | float | None]] = field(
        default_factory=dict[str, dict[str, int | float | None]]
    )
    """What was dropped elsewhere for this session, by place."""
    pushed: "Pushed | None" = None
    """Its tap, once a frame was pushed."""
    _sound: Sound = field(default_factory=Sound)
    _spoken: list[Draft] = field(default_factory=list[Draft])
    _told: tuple[float, dict[str, Any]] = (0.0, {})
    _kept: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What its picture resumes from, as it was last written."""

    @property
    def id(self) -> str:
        """Its id, for good."""
        return self.record.id

    @property
    def state(self) -> dict[str, Any]:
        """What stands now: what whoever joins late has to be told."""
        state: dict[str, Any] = {"participants": dict(self.participants)}
        if self.floor is not None:
            state |= self.floor.state
            layout = state["layout"]
            state["layout"] = None if layout is None else draft(layout).data
            state["talk"] = draft(self.floor.summary).data
        if self.minutes is not None:
            state["summary"] = asdict(self.minutes.summary)
        if self.picture is not None:
            state["alerts"] = list(self.picture.rules.open)
        return state

    async def start(self) -> None:
        """Tell that it exists."""
        await self.keep(
            SessionStarted(
                name=self.record.name,
                session_kind=self.record.kind,
                layers=self.settings.layers.on,
            )
        )

    async def join(self, participant: str, name: str | None) -> None:
        """Somebody is there; again and again is as good as once. Raises `SettingRejected` when it is full."""
        self._room_for({participant})
        await self.keep(*self._join(participant, name))

    async def leave(self, participant: str) -> bool:
        """Somebody is gone; whether they were there."""
        if participant not in self.participants:
            return False
        del self.participants[participant]
        self._sound.leave(participant)
        if self.dictation is not None:
            self.dictation.leave(participant)
        at = self.clock()
        events = self.floor.leave(participant, at=at) if self.floor is not None else []
        await self.keep(*events, ParticipantLeft(at=at, participant=participant))
        return True

    async def mute(self, participant: str, *, muted: bool) -> None:
        """Whether somebody's microphone is heard."""
        floor = self._floor("levels")
        if muted == (participant in floor.muted):
            return
        floor.mute(participant, muted=muted)
        await self.keep(ParticipantMuted(at=self.clock(), participant=participant, muted=muted))

    def face(self, participant: str, box: Box | None) -> None:
        """Where somebody's face is in their picture."""
        self._floor("a face").face(participant, box)

    async def levels(self, levels: Sequence[Level]) -> None:
        """Audio levels, in any order; those that cannot be used are counted. Raises `SettingRejected` and `LayerOff`."""
        floor = self._floor("levels")
        joined = self._joined({one.participant for one in levels})
        await self.keep(*joined, *floor.hear(levels, clock=self.clock()))

    async def sound(
        self, participant: str, samples: bytes, *, rate: int, at: float | None = None
    ) -> int:
        """Mono sound of 16-bit samples; how many levels it gave.

        Raises `AudioRejected`, `SettingRejected` and `LayerOff`.
        """
        floor = self._floor("sound") if self.dictation is None else self.floor
        heard = self._sound.push(participant, samples, rate=rate, at=at, clock=self.clock())
        if floor is not None:
            await self.levels(heard.levels)
        else:
            await self.keep(*self._joined({participant}))
        if self.dictation is not None and not (floor and participant in floor.muted):
            self.dictation.push(participant, heard.samples, rate=rate, at=heard.at)
            if self.dictation.speaking:
                self.speaking()
        return len(heard.levels)

    async def captions(self, segments: Sequence[Segment]) -> int:
        """Final pieces of transcript, kept when this returns; how many were new. Raises `SettingRejected`."""
        joined = self._joined({one.speaker for one in segments})
        new: list[Segment] = []
        for one in segments:
            if one.id not in self.heard:
                self.heard.add(one.id)
                new.append(one)
        said = [draft(each) for each in (*joined, *map(_told, new))]
        if self.minutes is None:
            await self._append(said)
        else:
            self._spoken += said
            await self.minutes.hear(new, now=self.clock())
        return len(new)

    def speaking(self) -> None:
        """Somebody is in the middle of a sentence: this is no silence."""
        if self.minutes is not None:
            live = self.minutes.live
            live.meeting.window.voice(max(live.now, self.clock()))

    def push(self, picture: object, pts: float) -> bool:
        """Lend a frame shown at `pts` seconds on the session's axis, from any thread; false if it is not taken.

        Takes what `Tap.offer` takes and never waits: a frame that nobody has measured yet gives way to a newer one.
        The first push of a session makes its tap, which takes longer.

        Raises:
            LayerOff: no layer that looks at frames is on.
            FrameRejected: the frame cannot be read as it is described.
        """
        if self.ended:
            return False
        if self.pushed is None:
            self.pushed = self._tapped()
        return self.pushed.tap.offer(picture, pts)

    def _tapped(self) -> "Pushed":
        if self.picture is None:
            raise LayerOff("scene_complexity", "frames")
        from v100_ai.session.pushed import Pushed  # noqa: PLC0415  # numpy and PyAV, for who pushes

        return Pushed(self.settings.layers.pixels, self.picture.frames)

    async def gap(self, from_pts: float, to_pts: float, reason: str) -> None:
        """Frames were missed."""
        if self.picture is not None:
            await self.keep(*self.picture.gap(from_pts, to_pts, reason))

    async def frames(self, columns: Columns, found: Sequence[Found] = ()) -> None:
        """Some frames' readings, and cuts and faults in what was read so far."""
        if self.picture is None:
            return
        events = self.picture.take(columns, found)
        sample = self.picture.sample()
        if sample is not None:
            self.tell(sample)
        await self.keep(*events)

    @property
    def due(self) -> bool:
        """Whether `tick` has something to do."""
        clock = self.clock()
        return (
            (self.floor is not None and self.floor.due(clock=clock))
            or (self.minutes is not None and self.minutes.due(now=clock))
            or self.pushed is not None
            or clock - self._told[0] >= STATS_EVERY
        )

    async def tick(self) -> None:
        """Time has passed."""
        clock = self.clock()
        if self.pushed is not None:
            for columns, found in self.pushed.collect():
                await self.frames(columns, found)
        if self.floor is not None:
            await self.keep(*self.floor.tick(clock=clock))
        if self.minutes is not None:
            await self.minutes.live.tick(now=clock)
        when, _ = self._told
        if clock - when >= STATS_EVERY:
            await self._tell_stats(clock)

    async def settle(self) -> None:
        """No more comes in: everything that waits is decided and told."""
        events: list[Event] = []
        if self.dictation is not None:
            await self.dictation.finish()
        if self.pushed is not None:
            for columns, found in await run_sync(self.pushed.close):
                await self.frames(columns, found)
        if self.floor is not None:
            events += self.floor.close()
        if self.picture is not None:
            events += self.picture.flush()
        await self.keep(*events)
        if self.minutes is not None:
            await self.minutes.finish(now=self.clock())

    async def close(self, reason: str) -> None:
        """The last event. Everything is settled before."""
        report = f"/v1/{PLURAL[self.record.kind]}/{self.id}/report"
        told = SessionEnded(reason=reason, report=report)
        await self._append([draft(self.stats), draft(told)], ends=reason)
        self.ended = True

    async def keep(self, *events: Event) -> None:
        """Write events, in their order."""
        if events:
            await self._append([draft(each) for each in events])

    async def keep_minutes(self, events: Sequence[MeetingEvent], journal: tuple[Json, ...]) -> None:
        """Write what the meeting says, with what was said and what it resumes from."""
        spoken, self._spoken = self._spoken, []
        if events or journal or spoken:
            await self._append([*spoken, *(draft(each) for each in events)], journal=journal)

    async def take_up(self, step: Step) -> None:
        """What an earlier run's minutes left open."""
        if self.minutes is not None:
            await self.minutes.live.take_up(step)

    async def _append(
        self,
        drafts: Sequence[Draft],
        *,
        journal: tuple[Json, ...] = (),
        ends: str | None = None,
    ) -> None:
        state = self.picture.state if self.picture is not None else self._kept
        # It changes once a second of frames, and is not written again with all that comes between.
        changed, self._kept = {} if state is self._kept else state, state
        try:
            await self.write(
                Append(
                    session=self.id,
                    epoch=self.record.epoch,
                    events=tuple(drafts),
                    journal=journal,
                    state=changed,
                    ends=ends,
                )
            )
        except Exception:
            # Whatever it was, memory is ahead of the log now.
            self.failed = True
            raise

    def _joined(self, people: AbstractSet[str]) -> list[Event]:
        """What is told of those of these people who were not there. Raises `SettingRejected` before anything changes."""
        self._room_for(people)
        new = sorted(people - self.participants.keys())
        return [event for who in new for event in self._join(who)]

    def _room_for(self, people: AbstractSet[str]) -> None:
        if len(people | self.participants.keys()) > MOST_PARTICIPANTS:
            raise SettingRejected(f"expected at most {MOST_PARTICIPANTS} participants at once")

    def _join(self, participant: str, name: str | None = None) -> list[Event]:
        """What is told when somebody is there who was not, or by another name; the roster's, where none is given."""
        known = participant in self.participants
        if not known and name is None:
            invited = (one.name for one in self.settings.people if one.id == participant)
            name = next(invited, None)
        if known and name in (None, self.participants[participant]):
            return []
        self.participants[participant] = name
        at = self.clock()
        told = ParticipantJoined(at=at, participant=participant, name=name)
        if self.minutes is not None:
            self.minutes.join(participant)
        return [told, *(self.floor.join(participant, at=at) if self.floor is not None else ())]

    def _floor(self, found: str) -> Floor:
        if self.floor is None:
            raise LayerOff("active_speaker", found)
        return self.floor

    async def _tell_stats(self, clock: float) -> None:
        stats = self.stats
        if stats.counts != self._told[1]:
            await self.keep(stats)
        self._told = (clock, dict(stats.counts))

    @property
    def stats(self) -> SessionStats:
        """What went through so far, and what was dropped where."""
        counts = dict(self.counts)
        if self.floor is not None:
            counts["levels"] = {"heard": self.floor.levels, "refused": self.floor.refused}
        if self.minutes is not None:
            counts["highlights"] = dict(self.minutes.counts)
        if self.dictation is not None:
            counts["speech"] = dict(self.dictation.counts)
        if self.pushed is not None:
            counts["pushed"] = dict(self.pushed.counts)
        if self.picture is not None:
            counts["frames"] = {"analysed": self.picture.analysed}
        return SessionStats(counts=counts)


def _told(segment: Segment) -> TranscriptSegment:
    return TranscriptSegment(
        id=segment.id,
        participant=segment.speaker,
        start=segment.start,
        end=segment.end,
        text=segment.text,
    )
