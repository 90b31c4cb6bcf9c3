"""What is published in a room as tracks of its session: frames from the tap, decoded in a process of their own, analysed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

import anyio
import structlog

from v100_ai import clock
from v100_ai.events import FaultFound, SceneCut, SourceConnected, SourceDisconnected
from v100_ai.events.speaker import Box
from v100_ai.hub.tap_tracks import TapTracks, Track
from v100_ai.layers.flags import QUALITY
from v100_ai.layers.inputs import NOTHING, Face, Levels, Sound
from v100_ai.retry import Backoff
from v100_ai.rooms import Room
from v100_ai.session.session import Session
from v100_ai.worker import (
    Died,
    FaceSeen,
    GapFound,
    Last,
    Limits,
    Message,
    Opened,
    Readings,
    Refused,
    SoundDecoded,
    Stats,
    told_of,
)
from v100_ai.worker.decoder import Decoder, decoding
from v100_ai.worker.encoded import SOUND_RATE, TapSpec

LOOK: Final = 0.05
"""Seconds between two looks into the tap."""
STEADY: Final = 60.0
"""Seconds of good running after which the next wait is the first one again."""

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class RoomTap:
    """One room's. `run` ends when it is cancelled; a process that dies is started again."""

    room: Room
    session: Callable[[], Session | None]
    """The room's, while it is live."""
    limits: Limits
    monotonic: Callable[[], float] = clock.monotonic
    restarts: int = 0
    tracks: TapTracks = field(init=False)

    def __post_init__(self) -> None:
        self.tracks = TapTracks(self.room, self.monotonic)

    @staticmethod
    def wanted(session: Session, room: Room) -> bool:
        """Whether a layer of the session takes what has to be decoded."""
        return bool(session.settings.layers.pixels) or _hears(session, room)

    @property
    def counts(self) -> Mapping[str, float]:
        """Frames that left the tap, those that nobody had room for, processes that had to be started again."""
        tracks = self.tracks
        return {
            "frames": tracks.frames,
            "frames_dropped": tracks.dropped,
            "decoders_restarted": self.restarts,
        }

    async def run(self) -> None:
        """Until cancelled."""
        backoff = Backoff(1.0, STEADY)
        while True:
            session = self.session()
            if session is None:
                await anyio.sleep(LOOK)
                continue
            began = self.monotonic()
            reason = await self._life(session)
            if self.monotonic() - began >= STEADY:
                backoff.reset()
            self.restarts += 1
            await log.awarning("media.decoder", session=self.room.session, reason=reason)
            await anyio.sleep(backoff.wait(random.random()))  # noqa: S311  # no secret

    async def _life(self, session: Session) -> str:
        """One process, from its start to its end; why it ended."""
        pixels = self._pixels(session)
        self.tracks.restart()
        reasons: list[str] = []
        try:
            async with (
                decoding(TapSpec(layers=pixels, limits=self.limits)) as decoder,
                anyio.create_task_group() as group,
            ):
                group.start_soon(self._feed, decoder, pixels)
                reasons.append(await self._listen(decoder))
                group.cancel_scope.cancel()
        except OSError as refused:
            reasons.append(f"cannot start: {refused}")
        finally:
            self.room.want()
        return reasons[0]

    @staticmethod
    def _pixels(session: Session) -> tuple[str, ...]:
        """What looks at pictures: where something does, also where faces are, if that is of use."""
        pixels = session.settings.layers.pixels
        faces = ("faces",) if pixels and session.takes(Face) else ()
        return tuple(dict.fromkeys((*pixels, *faces)))

    async def _feed(self, decoder: Decoder, pixels: tuple[str, ...]) -> None:
        """What comes out of the tap, to the process."""
        while True:
            session = self.session()
            if session is not None:
                sound = _hears(session, self.room)
                self.room.want(audio=sound, video=bool(pixels), full=QUALITY in pixels)
                self.tracks.offer(decoder, session)
            await anyio.sleep(LOOK)

    async def _listen(self, decoder: Decoder) -> str:
        """What the process says, to the session; why it ended."""
        while True:
            told = await decoder.next()
            if isinstance(told.message, Refused | Died):
                return await self._ended(told.track, told.message)
            track = None if told.track is None else self.tracks.find(told.track)
            session = self.session()
            if told.track is not None and track is not None and session is not None:
                await self._told(session, told.track, track, told.message)

    async def _ended(self, number: int | None, last: Last) -> str:
        """The process ended, while it was at that track's frames or at nobody's."""
        reason = told_of(last)
        track = None if number is None else self.tracks.find(number)
        if number is not None and track is not None:
            retry = 1.0 if self.tracks.blame(number) else None
            session = self.session()
            if session is not None:
                who = track.participant
                lost = SourceDisconnected(reason=reason, retry_in=retry, track=who)
                await session.keep(lost)
        return reason

    async def _told(  # noqa: C901  # one case a message
        self, session: Session, number: int, track: Track, message: Message
    ) -> None:
        who = track.participant
        match message:
            case Opened():
                size = {"width": message.width, "height": message.height}
                await session.keep(
                    SourceConnected(**size, codec=message.codec, rate=message.rate, track=who)
                )
            case Readings():
                frames = tuple(each + track.before for each in message.frames)
                self.tracks.numbered[who] = frames[-1] + 1
                await session.frames({**message.columns, "frame": frames}, track=who)
            case SceneCut():
                cut = replace(message, frame=message.frame + track.before)
                await session.frames(NOTHING, [cut], track=who)
            case FaultFound():
                await session.frames(NOTHING, [message], track=who)
            case GapFound():
                await session.gap(message.from_pts, message.to_pts, message.reason, who)
            case SoundDecoded():
                # What is still on its way from somebody who left would bring them back.
                if number in self.room.tracks:
                    await self._heard(session, number, who, message)
            case FaceSeen():
                seen = Box(**asdict(message))
                await session.face(who, seen if message.width and message.height else None)
            case Stats():
                place = "source" if track.pictures else "sound"
                session.counts[f"{place}/{who}"] = self.tracks.told(number, track, message)
                session.stir()
            case _:
                pass

    async def _heard(self, session: Session, number: int, who: str, message: SoundDecoded) -> None:
        """Sound; its levels are known already where its packets bring them."""
        if number not in self.room.levelled:
            await session.sound(who, message.samples, rate=SOUND_RATE, at=message.at)
        elif who not in session.roster.muted:
            await session.give(Sound(who, message.samples, SOUND_RATE, message.at))


def _hears(session: Session, room: Room) -> bool:
    """Whether sound has to be decoded: a layer takes it, or wants levels and somebody's packets bring none."""
    return session.takes(Sound) or (session.takes(Levels) and bool(room.unlevelled))
