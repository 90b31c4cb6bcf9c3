"""What the engine costs on this machine, each ratio measured side by side in one run."""

from collections.abc import Iterator

from v100_ai.bench import engine, offers, peers, quality, threads
from v100_ai.bench.row import Row, machine

__all__ = ["Row", "machine", "rows"]


def rows() -> Iterator[Row]:
    """Every figure, as it is measured: medians, on one core unless the row says two."""
    yield from engine.rows()
    yield from peers.rows()
    yield from quality.rows()
    yield from threads.rows()
    yield from offers.rows()
