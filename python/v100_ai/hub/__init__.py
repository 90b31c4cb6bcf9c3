"""Many sessions in one process: who owns them, what runs for them, and what is taken up after a crash."""

from v100_ai.hub.embedded import Embedded, embedded
from v100_ai.hub.hub import Hub, channel
from v100_ai.hub.media import Connection, Media, media
from v100_ai.hub.refusals import (
    AlreadyEnded,
    AtCapacity,
    Draining,
    SessionElsewhere,
    SessionUnknown,
)

__all__ = [
    "AlreadyEnded",
    "AtCapacity",
    "Connection",
    "Draining",
    "Embedded",
    "Hub",
    "Media",
    "SessionElsewhere",
    "SessionUnknown",
    "channel",
    "embedded",
    "media",
]
