"""Media from outside, probed and decoded in a process of its own: only readings leave it.

This side of the pipe imports neither PyAV nor numpy; `child` is the other side.
"""

from v100_ai.worker.axis import Axis, Gap, Position
from v100_ai.worker.messages import (
    Died,
    Ended,
    FaceSeen,
    Found,
    GapFound,
    Last,
    Message,
    Opened,
    Readings,
    Recorded,
    Refused,
    SoundDecoded,
    Stats,
)
from v100_ai.worker.policy import Policy, Restart
from v100_ai.worker.pool import Place, Pool
from v100_ai.worker.process import Worker, start
from v100_ai.worker.spec import Input, Limits, Pace, Recording, Resume, Spec
from v100_ai.worker.supervisor import Lost, Told, supervise, told_of

__all__ = [
    "Axis",
    "Died",
    "Ended",
    "FaceSeen",
    "Found",
    "Gap",
    "GapFound",
    "Input",
    "Last",
    "Limits",
    "Lost",
    "Message",
    "Opened",
    "Pace",
    "Place",
    "Policy",
    "Pool",
    "Position",
    "Readings",
    "Recorded",
    "Recording",
    "Refused",
    "Restart",
    "Resume",
    "SoundDecoded",
    "Spec",
    "Stats",
    "Told",
    "Worker",
    "start",
    "supervise",
    "told_of",
]
