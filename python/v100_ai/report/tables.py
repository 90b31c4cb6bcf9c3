"""Rows as tables of Arrow, pandas and Polars: the extra `tables`."""

from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from v100_ai.errors import ExtraMissing
from v100_ai.report.rows import COLUMNS, WHOLE, Cell

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Columns = dict[str, list[Cell]]


def columns(rows: Iterable[Mapping[str, Cell]], names: Iterable[str] = COLUMNS) -> Columns:
    """The rows, column by column."""
    found: Columns = {name: [] for name in names}
    for row in rows:
        for name, values in found.items():
            values.append(row[name])
    return found


def arrow(found: Columns, whole: Collection[str] = WHOLE) -> "pa.Table":
    """An Arrow table: 64-bit integers for columns of whole numbers and floats, null where not known."""
    module = _module("pyarrow")
    schema = _schema(module, found, whole)
    arrays = [module.array(values, schema.field(name).type) for name, values in found.items()]
    table: pa.Table = module.Table.from_arrays(arrays, schema=schema)
    return table


class ParquetSink:
    """A Parquet file that takes rows, group by group."""

    def __init__(
        self, path: Path, names: Iterable[str] = COLUMNS, whole: Collection[str] = WHOLE
    ) -> None:
        self._names, self._whole = tuple(names), whole
        schema = _schema(_module("pyarrow"), self._names, whole)
        self._writer = _module("pyarrow.parquet").ParquetWriter(path, schema)

    def write(self, rows: Iterable[Mapping[str, Cell]]) -> None:
        """One row group."""
        self._writer.write_table(arrow(columns(rows, self._names), self._whole))

    def close(self) -> None:
        """Write the file's end."""
        self._writer.close()


def pandas(found: Columns) -> "pd.DataFrame":
    """A pandas frame: NaN where not known."""
    module = _module("pandas")
    dtypes = {name: "int64" if name in WHOLE else "float64" for name in found}
    series = {name: module.Series(values, dtype=dtypes[name]) for name, values in found.items()}
    table: pd.DataFrame = module.DataFrame(series)
    return table


def polars(found: Columns) -> "pl.DataFrame":
    """A Polars frame: null where not known."""
    module = _module("polars")
    schema = {name: module.Int64 if name in WHOLE else module.Float64 for name in found}
    table: pl.DataFrame = module.DataFrame(found, schema=schema)
    return table


def _schema(pa: Any, names: Iterable[str], whole: Collection[str]) -> Any:
    return pa.schema([(name, pa.int64() if name in whole else pa.float64()) for name in names])


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise ExtraMissing("tables", name.partition(".")[0]) from missing
