"""From the one who writes a session to all who read it: in process by default, or over Redis."""

from v100_ai.bus.bus import CAPACITY, Bus
from v100_ai.bus.follow import follow
from v100_ai.bus.inbox import Inbox, Samples
from v100_ai.bus.local import LocalBus

__all__ = ["CAPACITY", "Bus", "Inbox", "LocalBus", "Samples", "follow"]
