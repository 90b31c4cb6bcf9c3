"""Media from outside, probed and decoded in a process of its own: only readings leave it.

This side of the pipe imports neither PyAV nor numpy; `child` is the other side.
"""

from v100_ai.worker.messages import (
    CutFound,
    Died,
    Ended,
    FaultFound,
    Message,
    Opened,
    Readings,
    Refused,
    Stats,
)
from v100_ai.worker.process import Worker, start
from v100_ai.worker.spec import Limits, Pace, Resume, Spec

__all__ = [
    "CutFound",
    "Died",
    "Ended",
    "FaultFound",
    "Limits",
    "Message",
    "Opened",
    "Pace",
    "Readings",
    "Refused",
    "Resume",
    "Spec",
    "Stats",
    "Worker",
    "start",
]
