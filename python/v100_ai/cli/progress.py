"""A bar on standard error while frames are measured, with frames per second."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from v100_ai.clock import monotonic

EVERY_S: Final = 0.1
"""Between two updates: drawing must cost nothing beside measuring."""


@dataclass(slots=True)
class Progress:
    """Counts frames on the bar."""

    bar: bars.Progress
    task: bars.TaskID
    began: float
    shown: float = 0.0

    def push(self, frames: int) -> None:
        """So many frames are measured."""
        now = monotonic()
        if now - self.shown >= EVERY_S:
            self.shown = now
            self.update(frames, now)

    def update(self, frames: int, now: float) -> None:
        """Show it."""
        rate = frames / max(now - self.began, 1e-6)
        self.bar.update(self.task, completed=frames, rate=f"{rate:,.0f} frames/s")


@contextmanager
def progress(console: Console, name: str, expected: int | None) -> Iterator[Progress]:
    """A bar that goes away when the block ends; silent where nobody watches."""
    columns = (
        bars.TextColumn("[bold]{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(escape(name), total=expected, rate="")
        yield Progress(bar, task, monotonic())
