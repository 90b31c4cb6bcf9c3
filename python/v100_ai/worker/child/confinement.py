"""What the child gives up before it looks at anything from outside."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from v100_ai import clock
from v100_ai.worker.child.landlock import enclose
from v100_ai.worker.spec import Limits

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
"""<linux/prctl.h>"""

OOM_SCORE: Final = "900"
"""Of 1000: when the machine runs out of memory, a worker goes before the service and the database."""


def confine(
    limits: Limits,
    *,
    files: Iterable[Path],
    port: int | None,
    folder: Path | None = None,
    beneath: Path | None = None,
    largest: int = 0,
) -> None:
    """Bind this process for good: memory, files, network, priority, and its end with its parent's.

    `files` are those it may read, and all that is `beneath` a folder; where `port` is not `None`, it may connect to that one only. Files are written in
    `folder` alone, each of at most `largest` bytes. Raises `OSError` where the system refuses.
    """
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    os.nice(limits.nice)
    if sys.platform == "linux":
        _die_with_parent()
        # Raising it is always allowed; some containers mount /proc read-only.
        try:
            Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
        except OSError as refused:
            sys.stderr.write(f"oom_score_adj: {refused.strerror}\n")
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_FSIZE, largest)
    _cap(resource.RLIMIT_NOFILE, limits.files)
    _cap(resource.RLIMIT_AS, mapped() + limits.memory)
    if sys.platform == "linux" and not enclose(files, port, folder, beneath):
        sys.stderr.write("landlock: this kernel has none; files are bound by their names alone\n")


def mapped() -> int:
    """Bytes of address space that this process has mapped."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


@dataclass(slots=True)
class Budget:
    """Seconds of processor time that may pass without a frame; the kernel ends the process after them.

    The limit is the soft one, which its process may put off: each frame that was measured does so. An hour of
    decoding is thus no offence, and a frame that takes a minute is one.
    """

    seconds: int

    def renew(self) -> None:
        """Count from here."""
        spent = int(clock.process_time()) + 1
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + self.seconds, most))


def _cap(which: int, most: int) -> None:
    """Lower a limit, the hard one with it, so that nothing in this process can raise it again."""
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def _die_with_parent() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for option, argument in ((PR_SET_PDEATHSIG, signal.SIGKILL), (PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, int(argument), 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
