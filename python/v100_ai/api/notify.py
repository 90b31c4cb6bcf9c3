"""What systemd is told (sd_notify(3)): ready, still alive, stopping. Without its socket, nothing."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
ALIVE: Final = "WATCHDOG=1"

SHARE: Final = 3
"""How often it is told within the time after which systemd kills."""

MICROSECONDS: Final = 1e6


@dataclass(frozen=True, slots=True)
class Notify:
    """Tells it. `watchdog` is the seconds after which a silent service is killed, if it is watched."""

    address: str | None = None
    watchdog: float | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """As systemd set it up for this process."""
        limit, whose = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID")
        mine = whose is None or whose == str(os.getpid())
        watchdog = int(limit) / MICROSECONDS if limit.isdecimal() and int(limit) and mine else None
        return cls(environment.get("NOTIFY_SOCKET") or None, watchdog)

    @property
    def every(self) -> float | None:
        """Seconds between two signs of life, if any are wanted."""
        return None if self.watchdog is None or self.address is None else self.watchdog / SHARE

    def tell(self, *words: str) -> None:
        """Say it; whoever does not listen is not waited for."""
        if self.address is None:
            return
        # A name that begins with @ lies in Linux's abstract space.
        where = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(0)
            try:
                out.sendto("\n".join(words).encode(), where)
            except OSError:
                return
