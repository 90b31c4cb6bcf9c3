"""Tracks of a room that are decoded: which, at what times, and what becomes of frames that nobody has room for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from v100_ai import clock
from v100_ai.layers.inputs import Sound
from v100_ai.rooms import Frame, Room
from v100_ai.session.session import Session
from v100_ai.worker import Stats
from v100_ai.worker.decoder import Decoder
from v100_ai.worker.encoded import SOUND, EncodedFrame

ASK: Final = 2.0
"""Seconds between two key frames that are asked for of one track."""
FATAL: Final = 2
"""Times that one track's frames may end the process before they are decoded no more."""
MOST_OVER: Final = 64
WRAP: Final = 1 << 32
"""Ticks after which RTP's times begin again (RFC 3550 5.1)."""
APART_S: Final = 1.0
"""Further from when its packets come, a track's own clock was set: at once where it is ahead, after `HELD_S` where behind."""
HELD_S: Final = 2.0
"""What was held up on its way catches up sooner."""
SLEW: Final = 0.02
"""Part of the time that goes by, by which a clock is moved that is a little ahead."""
RATES: Final = {"audio": 48_000, "video": 90_000}
"""Ticks a second."""


@dataclass(slots=True)
class TrackTimes:
    """A track's clock beside the session's: it counts evenly, and what came first on the way says where it lies."""

    rate: int
    """Ticks a second."""
    _last: int | None = None
    _ticks: int = 0
    _begins: float = 0.0
    _behind: float | None = None
    """Since when it is far behind."""

    def at(self, time: int, came: float) -> float:
        """Where a frame of that time lies, in seconds, that came at `came` seconds."""
        step = 0
        if self._last is None:
            self._begins = came
        else:
            step = (time - self._last) % WRAP
            step = step if step < WRAP // 2 else step - WRAP
            self._ticks += step
        self._last = time
        ahead = self._begins + self._ticks / self.rate - came
        if ahead >= -APART_S:
            self._behind = None
        elif self._behind is None:
            self._behind = came
        if ahead > APART_S or (self._behind is not None and came - self._behind >= HELD_S):
            self._begins -= ahead
            self._behind = None
        elif ahead > 0.0 and step > 0:
            # Nothing comes before it was sent: the first packets were late.
            self._begins -= min(ahead, SLEW * step / self.rate)
        return max(0.0, self._begins + self._ticks / self.rate)


@dataclass(slots=True)
class Track:
    """One track that is decoded."""

    participant: str
    codec: str
    times: TrackTimes
    before: int = 0
    """Frames of the participant that were numbered before."""
    waits: bool = False
    """Whether frames of it are missing, so that nothing before a key frame is of use; it is asked for until it comes."""
    asked: float = float("-inf")
    dropped: int = 0
    damaged: int = 0

    @property
    def pictures(self) -> bool:
        """Whether its frames cannot be decoded without those before them."""
        return self.codec != SOUND


@dataclass(slots=True)
class TapTracks:
    """The tracks of one room. What leaves the tap is offered to a decoder; a full one drops, and counts."""

    room: Room
    monotonic: Callable[[], float] = clock.monotonic
    tracks: dict[int, Track] = field(default_factory=dict[int, Track])
    fatal: dict[int, int] = field(default_factory=dict[int, int])
    """How often each track ended the process."""
    numbered: dict[str, int] = field(default_factory=dict[str, int])
    """How many frames of each participant have numbers."""
    frames: int = 0
    dropped: int = 0
    _over: dict[int, Track] = field(default_factory=dict[int, Track])
    """Tracks that are over, of which something may still be said."""

    def find(self, number: int) -> Track | None:
        """A track that is or was decoded."""
        return self.tracks.get(number) or self._over.get(number)

    def restart(self) -> None:
        """A new process knows nothing of them."""
        self.tracks.clear()

    def blame(self, number: int) -> bool:
        """The process ended while it was at this track's frames; whether it is decoded again all the same."""
        self.fatal[number] = self.fatal.get(number, 0) + 1
        return self.fatal[number] < FATAL

    def offer(self, decoder: Decoder, session: Session) -> None:
        """What the tap has, to the decoder."""
        now, here = self.monotonic(), session.clock()
        self._end(decoder, now)
        chosen = self._chosen(heard=session.takes(Sound))
        for frame in self.room.frames():
            if frame.track in chosen:
                self._pass(decoder, session, frame, here - frame.age, now - frame.age)
        for number, track in self.tracks.items():
            if track.waits and track.pictures and decoder.room:
                self.ask(number, track)

    def ask(self, number: int, track: Track) -> None:
        """A track needs a key frame."""
        now = self.monotonic()
        if now - track.asked >= ASK:
            track.asked = now
            self.room.key(number)

    def told(self, number: int, track: Track, stats: Stats) -> dict[str, int]:
        """What became of a track's frames, in the process and before it."""
        if stats.damaged > track.damaged and track.pictures:
            track.waits = True
            self.ask(number, track)
        track.damaged = stats.damaged
        return {
            "decoded": stats.decoded,
            "analysed": stats.analysed,
            "dropped": stats.dropped + track.dropped,
            "damaged": stats.damaged,
        }

    def _pass(
        self, decoder: Decoder, session: Session, frame: Frame, at: float, came: float
    ) -> None:
        """One frame, that came `at` on the session's axis, and `came` by the monotonic clock."""
        track = self.tracks.get(frame.track) or self._opened(session, frame)
        track.codec = frame.codec
        self.frames += 1
        pts = track.times.at(frame.time, at)
        if not track.waits or frame.key:
            encoded = EncodedFrame(
                track=frame.track,
                codec=frame.codec,
                pts=pts,
                came=came,
                key=frame.key,
                gap=frame.gap or track.waits,
                data=frame.data,
            )
            track.waits = not decoder.offer(encoded)
        if track.waits:
            track.dropped += 1
            self.dropped += 1

    def _end(self, decoder: Decoder, now: float) -> None:
        """Tell the decoder of tracks that are over."""
        for number in [each for each in self.tracks if each not in self.room.tracks]:
            gone = self._over[number] = self.tracks.pop(number)
            if len(self._over) > MOST_OVER:
                del self._over[next(iter(self._over))]
            decoder.offer(EncodedFrame(track=number, codec=gone.codec, pts=0.0, came=now))

    def _chosen(self, *, heard: bool) -> set[int]:
        """Each participant's sound, and the first of their pictures, but for what ended the process too often.

        Where nobody takes sound, what is `heard` is only that of which no level is known.
        """
        pictures: dict[str, int] = {}
        chosen: set[int] = set()
        for number, (who, media) in self.room.tracks.items():
            if self.fatal.get(number, 0) >= FATAL:
                continue
            if media == "audio":
                if heard or number in self.room.unlevelled:
                    chosen.add(number)
            else:
                pictures[who] = min(number, pictures.get(who, number))
        return chosen | set(pictures.values())

    def _opened(self, session: Session, frame: Frame) -> Track:
        who = frame.participant
        numbered = max(self.numbered.get(who, 0), session.tracks.numbered(who))
        track = Track(who, frame.codec, TrackTimes(RATES[frame.media]), before=numbered)
        # Its key frame may have passed before anybody knew whose it was.
        track.waits = track.pictures
        self.tracks[frame.track] = track
        return track
