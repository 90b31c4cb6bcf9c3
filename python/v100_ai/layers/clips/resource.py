"""Studio: the folder of all clips, and who renders there; opened where the service has a folder for them."""

import shutil
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
from anyio.to_thread import run_sync

from v100_ai.clips.render.process import Renderer
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import Rendered, rendered
from v100_ai.config import Settings
from v100_ai.errors import RenderFailed
from v100_ai.worker.located import located

MIB: Final = 1 << 20

KEPT: Final = ".kept"
"""The ending of an empty file beside a clip that outlives its session's history."""

OnProgress = Callable[[str, float], None]


@dataclass(slots=True)
class Studio:
    """Renders clips of all sessions, so many at once, while their folder is no fuller than it may be."""

    folder: Path
    files: Path | None
    limit: anyio.CapacityLimiter
    most: int
    """Bytes of all clips together."""

    def home(self, session: str) -> Path:
        """The folder of a session's clips."""
        return self.folder / session

    def located(self, source: str) -> str:
        """Where a source that was asked for is. Raises `SettingRejected`."""
        return located(source, self.files)

    async def render(
        self, task: Task, progress: OnProgress, decisions: Mapping[str, Any]
    ) -> Rendered:
        """The clip of a task. Ends its process when it is cancelled. Raises as `clips.rendering.rendered` does."""
        workers: list[Renderer] = []

        def work() -> Rendered:
            held = used(self.folder)
            if held > self.most:
                raise RenderFailed(
                    f"expected at most {self.most // MIB} MiB of clips on the disk, found {held // MIB} MiB"
                )
            return rendered(task, progress=progress, decisions=decisions, begun=workers.append)

        async with self.limit:
            try:
                return await run_sync(work, abandon_on_cancel=True)
            finally:
                for worker in workers:
                    if worker.process.poll() is None:
                        worker.cancel()


def used(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for each in folder.rglob("*"):
        try:
            total += each.stat().st_size if each.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def forgotten(folder: Path | None, session: str) -> None:
    """Remove all clips of a session, and the packets they were made of."""
    if folder is not None and session:
        shutil.rmtree(folder / session, ignore_errors=True)


def expired(folder: Path | None, session: str) -> None:
    """Remove what a session whose time is over has on the disk, but for clips that somebody keeps."""
    home = None if folder is None or not session else folder / session
    if home is None or not any(home.glob(f"*{KEPT}")):
        forgotten(folder, session)
        return
    kept = {each.name.removesuffix(KEPT) for each in home.glob(f"*{KEPT}")}
    for each in home.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        elif each.name.partition(".")[0] not in kept:
            each.unlink(missing_ok=True)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Studio | None]:
    """The studio as the service's settings have it; None where it has no folder for clips."""
    if settings.clips is None:
        yield None
        return
    await anyio.Path(settings.clips).mkdir(parents=True, exist_ok=True)
    yield Studio(
        settings.clips.absolute(),
        settings.files,
        anyio.CapacityLimiter(settings.clips_at_once),
        settings.clips_mib * MIB,
    )
