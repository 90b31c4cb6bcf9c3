"""What the media server says of a session's room, as events of the session."""

from v100_ai.events import (
    Event,
    MediaStats,
    PeerConnected,
    PeerLost,
    SlotAssigned,
    TrackAdded,
    TrackRemoved,
)
from v100_ai.events.media import LayerArrival, TrackArrival
from v100_ai.rooms import Happened, Rooms


def event_of(one: Happened, *, at: float) -> Event:
    """The event of something that happened. Raises `ValueError` for what has none."""
    who = one.participant
    match one.kind:
        case "connected":
            return PeerConnected(at=at, participant=who, role=str(one.role))
        case "gone":
            role, reason = str(one.role), str(one.reason)
            return PeerLost(at=at, participant=who, role=role, reason=reason)
        case "slot":
            mid, media = str(one.mid), str(one.media)
            return SlotAssigned(at=at, participant=who, mid=mid, media=media, shows=one.shows)
        case "track_added" if one.track is not None:
            media, codec = str(one.media), str(one.codec)
            return TrackAdded(at=at, participant=who, number=one.track, media=media, codec=codec)
        case "track_removed" if one.track is not None:
            return TrackRemoved(at=at, participant=who, number=one.track)
    raise ValueError(f"expected something that a room tells, found {one.kind!r}")


def arrivals(rooms: Rooms, session: str, *, at: float) -> MediaStats:
    """How the tracks of a session's room arrive."""
    shards = rooms.stats()
    tracks = tuple(
        TrackArrival(
            participant=track.participant,
            number=track.track,
            media=track.media,
            codec=track.codec,
            shown=track.shown,
            layers=tuple(
                LayerArrival(
                    rid=layer.rid,
                    active=layer.active,
                    bitrate=layer.bitrate,
                    received=layer.received,
                    lost=layer.lost,
                    jitter=round(layer.jitter, 6),
                )
                for layer in track.layers
            ),
        )
        for shard in shards
        for track in shard.tracks
        if rooms.session_of(track.room) == session
    )
    delays = [pair for shard in shards for pair in shard.delays]
    return MediaStats(
        at=at, tracks=tracks, delay_p50=quantile(delays, 0.5), delay_p99=quantile(delays, 0.99)
    )


def quantile(delays: list[tuple[float, int]], part: float) -> float | None:
    """The bound below which such a part of packets stayed; none where there are none."""
    wanted = part * sum(count for _, count in delays)
    reached = 0
    for bound, count in sorted(delays):
        reached += count
        if count and reached >= wanted:
            return bound
    return None
