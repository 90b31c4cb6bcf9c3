"""Files that grow row by row: JSON lines, CSV and Parquet."""

import csv
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from v100_ai.report import targets
from v100_ai.report.rows import COLUMNS, ENCODED, Cell, line

ROWS_PER_GROUP: Final = 4096
"""Rows that wait in memory for their Parquet row group."""


class Writer(Protocol):
    """Anything rows can be given to."""

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row."""
        ...


class JsonLines:
    """One object a line. Each line is written whole, so that what stands after a kill is valid."""

    def __init__(self, out: int) -> None:
        self._out = out

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row."""
        _write_all(self._out, f"{line(row)}\n".encode())

    def tell(self, told: Mapping[str, Any], /) -> None:
        """Write an object that is no row."""
        _write_all(self._out, f"{ENCODED(told)}\n".encode())


class Csv:
    """One row a line under a header; a cell that is not known is empty."""

    def __init__(self, out: int) -> None:
        self._out = out
        self._text = io.StringIO()
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._write(COLUMNS)

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row."""
        self._write([row[column] for column in COLUMNS])

    def _write(self, values: tuple[str, ...] | list[Cell]) -> None:
        self._rows.writerow(values)
        _write_all(self._out, self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


class Parquet:
    """Row groups of columns."""

    def __init__(self, path: Path) -> None:
        from v100_ai.report import tables  # noqa: PLC0415 - an extra that may be missing

        self._sink = tables.ParquetSink(path)
        self._rows = list[Mapping[str, Cell]]()

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row, when its group is full."""
        self._rows.append(row)
        if len(self._rows) == ROWS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the file's end."""
        self._flush()
        self._sink.close()

    def _flush(self) -> None:
        if self._rows:
            self._sink.write(self._rows)
            self._rows = []


@contextmanager
def json_lines(target: str) -> Iterator[JsonLines]:
    """JSON lines into a file, a device or a pipe, or standard output for `-`."""
    with targets.stream(target) as out:
        yield JsonLines(out)


@contextmanager
def csv_rows(target: str) -> Iterator[Csv]:
    """CSV, likewise."""
    with targets.stream(target) as out:
        yield Csv(out)


@contextmanager
def parquet(target: str) -> Iterator[Parquet]:
    """Parquet, likewise; a file appears under its name when it is whole."""
    with targets.whole(target) as part:
        writer = Parquet(part)
        try:
            yield writer
        finally:
            writer.close()


def _write_all(out: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(out, rest) :]
