"""Pool: the sources of one session, several in one process where they lead to the same place.

A process takes time and memory before it has read a byte, which ten participants need not pay ten times. What kills it ends all its tracks: each goes on exactly where it was, in a process of its own, so that what
does it again does it to nobody else. A track's messages can only be forged by what the same session brought in.
"""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import anyio
from anyio.abc import TaskGroup

from v100_ai.addresses import WEB
from v100_ai.worker.messages import Died, Message
from v100_ai.worker.process import COMMAND, start
from v100_ai.worker.shared import SHARED, Track, Worker
from v100_ai.worker.spec import Spec
from v100_ai.worker.tracks import MOST, Shared

FILES: Final = "file"


@dataclass(slots=True)
class Pool:
    """Processes of one session; they live in `group`, and each until its last track is closed.

    `folder` is where files may be; `most` are tracks in a process.
    """

    group: TaskGroup
    folder: Path | None = None
    most: int = MOST
    command: Sequence[str] = SHARED
    alone: Sequence[str] = COMMAND
    workers: dict[str, list[Worker]] = field(default_factory=dict[str, list[Worker]])
    """Those at work, by the place that their tracks lead to."""

    def place(self) -> "Place":
        """For one source, to be given to `supervise`."""
        return Place(self)

    async def track(self, spec: Spec) -> Track:
        """A new track, in a process where there is room. Raises `OSError`."""
        place = reached(spec)
        workers = self.workers.setdefault(place, [])
        workers[:] = [each for each in workers if not each.over]
        worker = next((each for each in workers if len(each.tracks) < self.most), None)
        if worker is None:
            # Only the reach of files is a folder: others are told apart by where they may connect to.
            beneath = str(self.folder) if place == FILES and self.folder is not None else None
            worker = Worker(Shared(spec, beneath, self.most), self.command)
            workers.append(worker)
            self.group.start_soon(worker.run)
        return await worker.open(spec)


@dataclass(slots=True)
class Place:
    """Starts one source after each loss: among others, or alone after one that killed its process."""

    pool: Pool
    alone: bool = False

    @asynccontextmanager
    async def __call__(self, spec: Spec) -> AsyncIterator[AsyncIterable[Message]]:
        """The source's messages. Raises `OSError` where no process can be started."""
        if self.alone or spec.recording is not None or spec.reference is not None:
            async with start(spec, command=self.pool.alone) as worker:
                yield worker
            self.alone = isinstance(worker.last, Died)
            return
        track = await self.pool.track(spec)
        try:
            yield track
        finally:
            with anyio.CancelScope(shield=True):
                await track.close()
        self.alone = isinstance(track.last, Died)


def reached(spec: Spec) -> str:
    """The place that a source leads to, as `child.opening.reach` sees it: files, the web, or a scheme's port."""
    if "://" not in spec.source:
        return FILES
    try:
        parts = urlsplit(spec.source)
        scheme, port = parts.scheme, parts.port
    except ValueError:
        return spec.source
    return "web" if scheme in WEB else f"{scheme}:{port}"
