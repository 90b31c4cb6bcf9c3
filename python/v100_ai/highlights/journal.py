"""An append-only file that outlives a crash: one JSON record a line, on disk before it counts."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self


class Log(Protocol):
    """Where a meeting writes what must not be lost."""

    def append(self, record: dict[str, Any]) -> None:
        """Keep the record; when this returns, it survives."""


class Journal:
    """The log as a file. A line cut short by a crash never happened: it is removed on opening."""

    def __init__(self, path: Path) -> None:
        self._records = list(_whole(path))
        self._file = path.open("ab")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, record: dict[str, Any]) -> None:
        """Write one record through to the disk."""
        self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def earlier(self) -> list[dict[str, Any]]:
        """What was there when the journal was opened."""
        return list(self._records)


def _whole(path: Path) -> Iterator[dict[str, Any]]:
    """The records of the file, which is cut after the last whole one."""
    if not path.exists():
        return
    content = path.read_bytes()
    kept = content.rfind(b"\n") + 1
    if kept < len(content):
        os.truncate(path, kept)
    for line in content[:kept].splitlines():
        yield json.loads(line)
