"""A worker watched to its end, and children that are not what they should be."""

import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from v100_ai.report.rows import Cell
from v100_ai.worker import Message, Readings, Spec, Worker, start

PATIENCE_S = 30.0
"""How long a test waits for what must come."""


@dataclass
class Story:
    """All that a worker said."""

    messages: list[Message] = field(default_factory=list[Message])

    @property
    def last(self) -> Message:
        return self.messages[-1]

    @property
    def frames(self) -> list[int]:
        return [number for each in self.of(Readings) for number in each.frames]

    @property
    def times(self) -> list[float]:
        return [pts for each in self.of(Readings) for pts in each.times]

    def of(self, kind: type[Any]) -> list[Any]:
        return [each for each in self.messages if isinstance(each, kind)]

    def rows(self) -> list[dict[str, Cell]]:
        return rows_of(self.messages)


def rows_of(messages: Iterable[object]) -> list[dict[str, Cell]]:
    found = list[dict[str, Cell]]()
    for each in messages:
        if isinstance(each, Readings):
            names = each.columns
            found += [
                dict(zip(names, cells, strict=True))
                for cells in zip(*each.columns.values(), strict=True)
            ]
    return found


def a_file(path: Path | str, **asked: Any) -> Spec:
    given: dict[str, Any] = {"source": str(path), "files": True, "pace": "fast"} | asked
    return Spec(**given)


async def watched(
    spec: Spec,
    *,
    command: Sequence[str] | None = None,
    seen: Callable[[Worker, Message], None] | None = None,
) -> Story:
    story = Story()
    with anyio.fail_after(PATIENCE_S):
        async with start(spec, **({"command": command} if command else {})) as worker:
            async for message in worker:
                story.messages.append(message)
                if seen is not None:
                    seen(worker, message)
    assert worker.process.returncode is not None
    return story


def child(code: str) -> list[str]:
    """A process that is given a spec and does something else."""
    return [sys.executable, "-c", code]


@dataclass
class Script:
    """Plays lives of workers: each is a list of messages; exceptions are raised in their turn."""

    lives: Sequence[Sequence[Message | Exception]]
    specs: list[Spec] = field(default_factory=list[Spec])

    @asynccontextmanager
    async def __call__(self, spec: Spec) -> AsyncIterator[AsyncIterator[Message]]:
        self.specs.append(spec)
        yield self._life(self.lives[len(self.specs) - 1])

    async def _life(self, messages: Sequence[Message | Exception]) -> AsyncIterator[Message]:
        for message in messages:
            if isinstance(message, Exception):
                raise message
            yield message
