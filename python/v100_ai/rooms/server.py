"""The media server of this process: a room for each session, on threads that never see the interpreter."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from v100_ai.errors import SettingRejected, V100Error

if TYPE_CHECKING:
    from v100_ai._native import MediaEvent, MediaRoom, MediaServer, MediaStats

Role = Literal["publish", "subscribe"]
Medium = Literal["audio", "video"]

LOOKS: Final = 20
"""At the levels of a room, without one of a track, until it is taken to tell none."""


class OfferRefused(V100Error):
    """An SDP offer that cannot be answered."""


class RoomsFull(V100Error):
    """There are as many rooms, connections or handshakes as may be."""


class RoomUnknown(V100Error):
    """A room or a connection that is over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an offer was answered: the connection's number, SDP, and the name of its ICE session."""

    peer: int
    sdp: str
    ufrag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened in a session's room.

    `kind` is `connected`, `gone`, `track_added`, `track_removed` or `slot`; what does not belong to it is `None`.
    """

    session: str
    kind: str
    peer: int
    participant: str
    role: Role | None
    reason: str | None
    track: int | None
    media: Medium | None
    codec: str | None
    mid: str | None
    shows: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """How loud a participant was, in dBov, and how many seconds ago."""

    participant: str
    level: int
    age: float


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded frame of a participant.

    Attributes:
        time: 90 000 ticks a second for pictures, 48 000 for sound; they wrap around at 2^32.
        key: whether it can be decoded without others.
        gap: whether the one before it is missing.
        data: as a decoder takes it; H.264 as Annex B, AV1 as a temporal unit.
        age: how many seconds ago its first packet came.
    """

    participant: str
    media: Medium
    track: int
    codec: str
    time: int
    key: bool
    gap: bool
    data: bytes
    age: float


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody who should be shown, and whether in full size."""

    participant: str
    full: bool


@dataclass(slots=True)
class Room:
    """One session's room."""

    session: str
    _native: "MediaRoom"
    tracks: dict[int, tuple[str, Medium]] = field(default_factory=dict[int, tuple[str, Medium]])
    """Whose each track is."""
    levelled: set[int] = field(default_factory=set[int])
    """Tracks whose packets say how loud they are (RFC 6464)."""
    _looks: dict[int, int] = field(default_factory=dict[int, int])
    """At levels, since there is a track of sound that told none."""

    @property
    def unlevelled(self) -> set[int]:
        """Tracks of sound that have told no level in many looks: how loud they are is known by decoding alone."""
        return {one for one, looks in self._looks.items() if looks >= LOOKS} - self.levelled

    def join(self, participant: str, role: Role, offer: str, *, bitrate: int) -> Answer:
        """Answer somebody who wants to come in; takes milliseconds, on a thread of the caller's.

        Raises:
            OfferRefused: the offer cannot be answered.
            RoomsFull: there is no place.
            RoomUnknown: the room is over.
        """
        with _translated():
            answer = self._native.join(participant, role, offer, bitrate=bitrate)
            return Answer(answer.peer, answer.sdp, answer.ufrag)

    def remove(self, participant: str) -> None:
        """End all connections of somebody. Raises `RoomUnknown`."""
        with _translated():
            self._native.remove(participant)

    def mute(self, participant: str, media: Medium, *, muted: bool) -> None:
        """Let somebody be heard or seen no more, or again. Raises `RoomUnknown`."""
        with _translated():
            self._native.mute(participant, media, muted=muted)

    def show(self, wishes: Iterable[Wish], viewer: str | None = None) -> None:
        """Say who is to be shown first, to one viewer or to all; others follow. Raises `RoomUnknown`."""
        with _translated():
            self._native.show([(one.participant, one.full) for one in wishes], viewer)

    def want(self, *, audio: bool = False, video: bool = False, full: bool = False) -> None:
        """Which encoded frames are wanted from now on, beside the levels; `full` is the best layer of simulcast."""
        self._native.want(audio=audio, video=video, full=full)

    def key(self, track: int) -> None:
        """Ask the publisher of a track for a key frame."""
        self._native.key(track)

    def levels(self) -> list[Heard]:
        """The audio levels since the last look."""
        levels = [one for one in self._native.levels() if one.track in self.tracks]
        self.levelled.update(one.track for one in levels)
        for number, (_, media) in self.tracks.items():
            if media == "audio" and number not in self.levelled:
                self._looks[number] = self._looks.get(number, 0) + 1
        return [Heard(self.tracks[one.track][0], one.level, one.age) for one in levels]

    def frames(self) -> list[Frame]:
        """The frames that became whole since the last look. After a gap a key frame is asked for."""
        return [
            Frame(
                *self.tracks[one.track],
                track=one.track,
                codec=one.codec,
                time=one.time,
                key=one.key,
                gap=one.gap,
                data=one.data,
                age=one.age,
            )
            for one in self._native.frames()
            if one.track in self.tracks
        ]

    @property
    def dropped(self) -> Mapping[str, int]:
        """What the tap dropped since nobody read it in time, or since it never became whole."""
        levels, packets, frames = self._native.dropped()
        return {"levels": levels, "packets": packets, "frames": frames}

    def close(self) -> None:
        """End it, and all connections in it."""
        self._native.close()

    def note(self, event: "MediaEvent") -> None:
        """Remember whose a track is."""
        if event.kind == "track_added" and event.track is not None and event.media is not None:
            self.tracks[event.track] = (event.participant, event.media)
        elif event.kind == "track_removed" and event.track is not None:
            self.tracks.pop(event.track, None)
            self.levelled.discard(event.track)
            self._looks.pop(event.track, None)
            self._native.forget(event.track)


@dataclass(slots=True)
class Rooms:
    """All rooms. `stop` ends them and their threads."""

    _native: "MediaServer"
    _rooms: dict[str, Room] = field(default_factory=dict[str, Room])
    _numbers: dict[int, str] = field(default_factory=dict[int, str])

    @classmethod
    def start(
        cls, bind: str, port: int = 0, *, public: Iterable[str] = (), shards: int = 1
    ) -> "Rooms":
        """Bind `shards` UDP ports from `port` on, any for 0, reached at the `public` addresses.

        Raises:
            SettingRejected: this build has no media server, or the port cannot be bound.
        """
        try:
            from v100_ai._native import MediaServer  # noqa: PLC0415  # a build may be without
        except ImportError as missing:
            raise SettingRejected(
                "expected a build with the feature media, found one without"
            ) from missing
        try:
            return cls(MediaServer(bind, port, public=list(public), shards=shards))
        except OSError as refused:
            raise SettingRejected(f"media: cannot bind {bind} port {port}: {refused}") from refused

    @property
    def ports(self) -> list[int]:
        """The UDP ports, one a shard."""
        return self._native.ports

    def fileno(self) -> int:
        """A descriptor that can be read when there is something to take."""
        return self._native.fileno()

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    def find(self, session: str) -> Room | None:
        """The room of a session, if there is one."""
        return self._rooms.get(session)

    def room(self, session: str) -> Room:
        """The room of a session, opened if there was none. Raises `RoomsFull`."""
        room = self._rooms.get(session)
        if room is None:
            with _translated():
                native = self._native.open()
            room = self._rooms[session] = Room(session, native)
            self._numbers[native.id] = session
        return room

    def close(self, session: str) -> None:
        """End the room of a session, if there is one."""
        room = self._rooms.pop(session, None)
        if room is not None:
            room.close()

    def offer(self, peer: int, offer: str) -> Answer:
        """Answer a connection's new offer. Raises what `Room.join` raises."""
        with _translated():
            answer = self._native.offer(peer, offer)
            return Answer(answer.peer, answer.sdp, answer.ufrag)

    def leave(self, peer: int) -> bool:
        """End a connection; whether there was one."""
        return self._native.leave(peer)

    def take(self) -> list[Happened]:
        """What happened since the last look, in order."""
        happened: list[Happened] = []
        for event in self._native.events():
            session = self._numbers.get(event.room)
            if session is None:
                continue
            room = self._rooms.get(session)
            if room is not None:
                room.note(event)
            happened.append(
                Happened(
                    session=session,
                    kind=event.kind,
                    peer=event.peer,
                    participant=event.participant,
                    role=event.role,
                    reason=event.reason,
                    track=event.track,
                    media=event.media,
                    codec=event.codec,
                    mid=event.mid,
                    shows=event.shows,
                )
            )
        return happened

    def stats(self) -> "list[MediaStats]":
        """What each shard counts, no older than about a second."""
        return self._native.stats()

    def session_of(self, room: int) -> str | None:
        """Whose a room's number is."""
        return self._numbers.get(room)

    def stop(self) -> None:
        """Tell everybody, end the threads, and wait for them."""
        self._rooms.clear()
        self._native.stop()


@contextmanager
def _translated() -> Iterator[None]:
    """The compiled half's errors as ours."""
    try:
        yield
    except ValueError as refused:
        raise OfferRefused(str(refused)) from refused
    except LookupError as unknown:
        raise RoomUnknown(str(unknown)) from unknown
    except RuntimeError as full:
        raise RoomsFull(str(full)) from full
