"""Files that grow row by row: JSON lines, CSV and Parquet."""

import csv
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from v100_ai.report.rows import COLUMNS, Cell, line

ROWS_PER_GROUP: Final = 4096
"""Rows that wait in memory for their Parquet row group."""

STANDARD_OUTPUT: Final = "-"


class Writer(Protocol):
    """Anything rows can be given to."""

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row."""
        ...


class JsonLines:
    """One object a line. Each line is written whole, so that what stands after a kill is valid."""

    def __init__(self, out: io.RawIOBase) -> None:
        self._out = out

    def push(self, row: Mapping[str, Cell], /) -> None:
        """Write one row."""
        _write_all(self._out, f"{line(row)}\n".encode())


class Csv:
    """One row a line under a header; a cell that is not known is empty."""

    def __init__(self, out: io.RawIOBase) -> None:
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
def json_lines(path: str) -> Iterator[JsonLines]:
    """A file of JSON lines, or standard output for `-`."""
    if path == STANDARD_OUTPUT:
        sys.stdout.flush()
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as out:
            yield JsonLines(out)
    else:
        with Path(path).open("wb", buffering=0) as out:
            yield JsonLines(out)


@contextmanager
def csv_rows(path: str) -> Iterator[Csv]:
    """A CSV file."""
    with Path(path).open("wb", buffering=0) as out:
        yield Csv(out)


@contextmanager
def parquet(path: str) -> Iterator[Parquet]:
    """A Parquet file; it appears under its name when it is whole."""
    with replacing(Path(path)) as part:
        writer = Parquet(part)
        try:
            yield writer
        finally:
            writer.close()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A place to write to, which takes the path's name when all is written."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_all(out: io.RawIOBase, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[out.write(rest) or 0 :]
