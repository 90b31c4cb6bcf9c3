"""Results: the files and pipes that one run writes to, each of which may fail by itself."""

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from v100_ai.report import page, targets
from v100_ai.report.document import document
from v100_ai.report.page import Report
from v100_ai.report.rows import Cell
from v100_ai.report.writers import JsonLines, Writer, csv_rows, json_lines, parquet

KINDS: Final = ("json", "csv", "parquet", "html", "summary")
"""What may be written, by the name of its option."""

Opens = Callable[[str], AbstractContextManager[Writer]]

STREAMED: Final[dict[str, Opens]] = {"json": json_lines, "csv": csv_rows, "parquet": parquet}
"""What is written row by row."""


class Unheard(Exception):
    """Nobody reads what is written, and nothing else is."""


def said(refused: OSError) -> str:
    """Why something could not be written, as part of a sentence."""
    reason = refused.strerror or str(refused)
    where = f": {page.plain(str(refused.filename))}" if refused.filename else ""
    return f"{reason[:1].lower()}{reason[1:]}{where}"


def named(options: argparse.Namespace) -> dict[str, str]:
    """The targets that are asked for, by kind."""
    return {kind: found for kind in KINDS if (found := getattr(options, kind))}


@dataclass(slots=True)
class Results:
    """Open for as long as the block of `opened`."""

    wanted: Mapping[str, str]
    headed: bool = False
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Why what could not be written could not, by kind."""
    left: bool = False
    """Whether a reader left before the end."""
    _writers: dict[str, Writer] = field(default_factory=dict[str, Writer])
    _stacks: dict[str, ExitStack] = field(default_factory=dict[str, ExitStack])

    @classmethod
    @contextmanager
    def opened(cls, wanted: Mapping[str, str], *, headed: bool) -> Iterator["Results"]:
        """All that is written row by row. Raises `OSError` and `ExtraMissing`."""
        results = cls(wanted, headed)
        try:
            for kind, opens in STREAMED.items():
                if kind in wanted:
                    stack = results._stacks[kind] = ExitStack()
                    results._writers[kind] = stack.enter_context(opens(wanted[kind]))
            yield results
        finally:
            for kind in [*results._stacks]:
                results._close(kind)

    def begin(self, about: Mapping[str, Any]) -> None:
        """What is known before the first row."""
        self._tell(about)

    def push(self, row: Mapping[str, Cell]) -> None:
        """One row to each. Raises `Unheard` when none is left that anybody could read."""
        for kind, writer in [*self._writers.items()]:
            try:
                writer.push(row)
            except OSError as refused:
                self._fail(kind, refused)
                if not self._writers and len(self.wanted) == len(self.failed):
                    raise Unheard(self.failed[kind]) from refused

    def conclude(self, report: Report) -> None:
        """All that is written at the end."""
        told = document(report)
        self._tell(told)
        for kind in [*self._stacks]:
            self._close(kind)
        for kind, write in (("summary", _summary), ("html", _page)):
            if kind in self.wanted:
                try:
                    write(self.wanted[kind], report, told)
                except OSError as refused:
                    self._fail(kind, refused)

    def _tell(self, told: Mapping[str, Any]) -> None:
        writer = self._writers.get("json")
        if self.headed and isinstance(writer, JsonLines):
            try:
                writer.tell(told)
            except OSError as refused:
                self._fail("json", refused)

    def _fail(self, kind: str, refused: OSError) -> None:
        reason = refused.strerror or str(refused)
        self.left |= isinstance(refused, BrokenPipeError)
        self.failed[kind] = f"{reason[:1].lower()}{reason[1:]}: {_target(self.wanted[kind])}"
        self._writers.pop(kind, None)
        self._close(kind)

    def _close(self, kind: str) -> None:
        stack = self._stacks.pop(kind, None)
        self._writers.pop(kind, None)
        if stack is not None:
            try:
                stack.close()
            except OSError as refused:
                self.failed.setdefault(kind, f"{said(refused)}: {_target(self.wanted[kind])}")


def _target(target: str) -> str:
    return "standard output" if target in targets.SAME else page.plain(target)


def _page(target: str, report: Report, _: Mapping[str, Any]) -> None:
    page.write(report, Path(target))


def _summary(target: str, _: Report, told: Mapping[str, Any]) -> None:
    with targets.whole(target) as place:
        place.write_text(json.dumps(told, indent=1, allow_nan=False) + os.linesep, encoding="utf-8")
