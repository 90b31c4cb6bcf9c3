"""`python -m v100_ai.clips.render.child`: a task on standard input, its progress and its outcome on standard output."""

import errno
import json
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from v100_ai import clock
from v100_ai.clips.render.task import LARGEST_TASK, Task
from v100_ai.clips.render.work import Work
from v100_ai.errors import GlyphMissing, V100Error
from v100_ai.worker.child.confinement import Budget, confine

EVERY_S: Final = 0.2
"""Seconds between two words of progress within a stage; each stage's first is always told, however short it is."""


class Stopped(BaseException):
    """The parent asks to go."""


@dataclass(slots=True)
class Voice:
    """Lines to the parent."""

    descriptor: int
    budget: Budget
    _told: float = 0.0
    _stage: str = ""

    def say(self, message: dict[str, Any]) -> None:
        """One line."""
        text = memoryview(json.dumps(message).encode() + b"\n")
        while text:
            text = text[os.write(self.descriptor, text) :]

    def progress(self, stage: str, share: float) -> None:
        """How far it is; told when a stage begins, and now and then. Each tick renews what processor time may pass without one."""
        now = clock.monotonic()
        if stage != self._stage or now - self._told >= EVERY_S:
            self._told, self._stage = now, stage
            self.budget.renew()
            self.say({"stage": stage, "progress": round(share, 4)})


def main() -> NoReturn:
    """Do the task, and leave the process."""
    # What a library prints must not end up between the messages.
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    task = Task.from_json(sys.stdin.buffer.read(LARGEST_TASK))
    signal.signal(signal.SIGTERM, _stop)
    # A file that grows beyond its limit fails like a full disk, instead of a signal without a word.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    voice = Voice(out, Budget(task.limits.cpu))
    files = [Path(each).absolute() for each in (task.source, task.font, *task.parts) if each]
    confine(task.limits, files=files, port=0, folder=Path(task.folder), largest=task.largest)
    voice.budget.renew()
    try:
        voice.say({"done": Work(task, voice.progress).done()})
    except GlyphMissing as missing:
        voice.say(
            {"failed": "GlyphMissing", "character": missing.character, "message": str(missing)}
        )
    except V100Error as refused:
        voice.say({"failed": type(refused).__name__, "message": str(refused)})
    except MemoryError:
        voice.say({"failed": "MemoryError", "message": "expected to need less memory"})
    except OSError as refused:
        # The codec's threads have stacks: without room for them there is no thread.
        why = (
            "expected to need less memory for its threads"
            if refused.errno == errno.EAGAIN
            else refused.strerror
        )
        voice.say({"failed": "OSError", "message": str(why or refused)})
    except (Stopped, BrokenPipeError):
        pass
    # A thread may still be inside FFmpeg: it must not wake up in an interpreter that is being taken down.
    os._exit(0)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
