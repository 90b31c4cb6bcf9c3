"""The readings of a session as a table: the extra `tables`."""

from collections.abc import Iterable
from pathlib import Path

from v100_ai.events import FrameAnalysis
from v100_ai.records import Json
from v100_ai.report import payload, tables
from v100_ai.report.readings import TABLE, TABLE_WHOLE, rows
from v100_ai.report.rows import Cell
from v100_ai.report.targets import whole
from v100_ai.report.writers import ROWS_PER_GROUP


def write(events: Iterable[Json], path: Path) -> int:
    """Parsed envelopes as a Parquet file of `TABLE`; the number of its rows.

    A row is a frame, or a second of frames, whichever the session kept; other events are passed over. The
    file appears under its name when it is whole. Raises `ExtraMissing` without pyarrow.
    """
    count = 0
    with whole(str(path)) as part:
        sink = tables.ParquetSink(part, TABLE, TABLE_WHOLE)
        try:
            waiting: list[dict[str, Cell]] = []
            for event in events:
                if event.get("type") != FrameAnalysis.type:
                    continue
                waiting += rows(payload.part(event, "data"))
                if len(waiting) >= ROWS_PER_GROUP:
                    sink.write(waiting)
                    count += len(waiting)
                    waiting = []
            sink.write(waiting)
        finally:
            sink.close()
    return count + len(waiting)
