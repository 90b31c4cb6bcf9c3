"""What happens in a session's room on the media server. `at` is in seconds on the session's own axis."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerConnected:
    """A connection stands; `role` is `publish` or `subscribe`."""

    kind: ClassVar = "peer.connected"

    at: float
    participant: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerLost:
    """A connection is over; `reason` is `closed`, `replaced`, `removed`, `lost`, `late`, `failed` or `over`."""

    kind: ClassVar = "peer.lost"

    at: float
    participant: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAdded:
    """Somebody's first packet of sound (`audio`) or picture (`video`) came."""

    kind: ClassVar = "track.added"

    at: float
    participant: str
    track: int
    media: str
    codec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRemoved:
    """A track is over."""

    kind: ClassVar = "track.removed"

    at: float
    participant: str
    track: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAssigned:
    """A media line by which a participant receives shows somebody else, or nobody.

    `mid` is the line's name in their own offer.
    """

    kind: ClassVar = "slot.assigned"

    at: float
    participant: str
    mid: str
    media: str
    shows: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStats:
    """How a room's tracks arrive, and how long packets stay in the server.

    Each track tells its layers: bitrate in bit/s, packets lost and received, jitter in seconds. `delay_p50` and
    `delay_p99` are bounds in seconds, over all rooms of the server since it began.
    """

    kind: ClassVar = "media.stats"

    at: float
    tracks: tuple[Mapping[str, Any], ...]
    delay_p50: float | None
    delay_p99: float | None


MediaEvent = PeerConnected | PeerLost | TrackAdded | TrackRemoved | SlotAssigned | MediaStats
