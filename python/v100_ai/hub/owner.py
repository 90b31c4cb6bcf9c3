"""Who this process is, so that others can tell whether it still lives."""

import os
import socket
from pathlib import Path
from typing import Final

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE: Final = Path("/proc/self/ns/pid")


def myself() -> str:
    """This process: its machine's boot, its namespace of processes, its number and when it started.

    Numbers are used again; the rest tells a later process of the same number apart.
    """
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}"


def dead(owner: str) -> bool:
    """Whether that owner was a process of this machine that is no more. `False` where it cannot be told."""
    place, _, process = owner.partition("/")
    number, _, started = process.partition("/")
    if place != _place() or not number.isdecimal():
        return False
    return _started(int(number)) != started


def _place() -> str:
    try:
        boot, namespace = BOOT.read_text().strip(), str(NAMESPACE.readlink())
    except OSError:
        boot, namespace = socket.gethostname(), "-"
    return f"{boot}:{namespace}".replace("/", "")


def _started(number: int) -> str:
    """In ticks since the boot; empty when there is no such process, or it is only waiting to be buried."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]
