"""Events of a session's room on the media server: who is connected, what they send, and who is shown to whom."""

from dataclasses import dataclass
from typing import ClassVar

from v100_ai.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerConnected(Event):
    """A connection of somebody stands.

    Attributes:
        at: seconds.
        participant: whose.
        role: `publish` or `subscribe`.
    """

    type: ClassVar = "peer.connected"

    at: float
    participant: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLost(Event):
    """A connection of somebody is over.

    Attributes:
        at: seconds.
        participant: whose.
        role: `publish` or `subscribe`.
        reason: `closed`, `replaced`, `removed`, `lost`, `late`, `failed` or `over`.
    """

    type: ClassVar = "peer.lost"

    at: float
    participant: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAdded(Event):
    """Somebody's first packet of sound or picture came.

    Attributes:
        at: seconds.
        participant: who publishes it.
        number: the track's, on this server.
        media: `audio` or `video`.
        codec: how it is encoded.
    """

    type: ClassVar = "track.added"

    at: float
    participant: str
    number: int
    media: str
    codec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRemoved(Event):
    """A track is over.

    Attributes:
        at: seconds.
        participant: who published it.
        number: the track's, on this server.
    """

    type: ClassVar = "track.removed"

    at: float
    participant: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAssigned(Event):
    """A media line by which a participant receives shows somebody else, or nobody.

    Attributes:
        at: seconds.
        participant: who receives by it.
        mid: the line's name in their own offer.
        media: `audio` or `video`.
        shows: whom it shows, if anybody.
    """

    type: ClassVar = "slot.assigned"

    at: float
    participant: str
    mid: str
    media: str
    shows: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerArrival:
    """How one layer of a track arrives.

    Attributes:
        rid: its name, where a track has several.
        active: whether it is being sent.
        bitrate: bits a second.
        received: packets that came.
        lost: packets that never came.
        jitter: seconds, as RFC 3550 has it.
    """

    rid: str | None
    active: bool
    bitrate: int
    received: int
    lost: int
    jitter: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackArrival:
    """How one track arrives.

    Attributes:
        participant: who publishes it.
        number: the track's, on this server.
        media: `audio` or `video`.
        codec: how it is encoded, once that is known.
        shown: to how many it is shown.
        layers: one, or those of simulcast.
    """

    participant: str
    number: int
    media: str
    codec: str | None
    shown: int
    layers: tuple[LayerArrival, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStats(Event):
    """How a room's tracks arrive, and how long packets stay in the server.

    Attributes:
        at: seconds.
        tracks: those of this room.
        delay_p50: seconds that half of the packets stay no longer than, over all rooms of the server so far.
        delay_p99: the same for 99 of 100.
    """

    type: ClassVar = "media.stats"
    audience: ClassVar = "host"

    at: float
    tracks: tuple[TrackArrival, ...]
    delay_p50: float | None
    delay_p99: float | None
