"""Frames pushed in process: a media loop lends them, what was measured is fetched beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from v100_ai.analysis import event_of, judged, signs
from v100_ai.deepfake import Judge
from v100_ai.faults import Finder
from v100_ai.layers.flags import QUALITY
from v100_ai.layers.inputs import Columns, Found
from v100_ai.report.rows import Cell, cells
from v100_ai.tap import Tap

AT_ONCE = 64
"""Readings told in one go: what is more waits for the next one."""


@dataclass(slots=True)
class Pushed:
    """The tap of one track, and the faults and cuts in what it measured."""

    layers: Sequence[str]
    first: int
    """The number of the first frame: those before it were pushed in earlier runs."""
    tap: Tap = field(init=False)
    _finder: Finder = field(default_factory=Finder)
    _judge: Judge = field(default_factory=Judge)

    def __post_init__(self) -> None:
        layers = [each for each in self.layers if each != QUALITY]
        self.tap = Tap(layers or ("motion",)).__enter__()

    @property
    def counts(self) -> dict[str, int]:
        """What became of the frames."""
        stats = self.tap.stats
        names = ("offered", "analysed", "replaced", "refused", "skipped")
        return {name: getattr(stats, name) for name in names}

    def collect(self) -> list[tuple[Columns, list[Found]]]:
        """What was measured since, in pieces, with the cuts and faults that ended in each."""
        readings = iter(self.tap.collect())
        pieces: list[tuple[Columns, list[Found]]] = []
        while piece := list(islice(readings, AT_ONCE)):
            rows: list[dict[str, Cell]] = []
            found: list[Found] = []
            for reading in piece:
                # The tap counts what is offered, so that a gap shows what was replaced.
                frame = self.first + reading.frame
                rows.append(cells(reading, frame, judged=judged(self._judge, reading)))
                found += map(event_of, self._finder.push(frame, reading.pts, signs(reading)))
            pieces.append((_columns(rows), found))
        return pieces

    def close(self) -> list[tuple[Columns, list[Found]]]:
        """Measure what waits, and end."""
        self.tap.close()
        rest = self.collect()
        found = [event_of(each) for each in self._finder.flush()]
        return [*rest, ({"pts": ()}, found)] if found else rest


def _columns(rows: Sequence[dict[str, Cell]]) -> Columns:
    """The rows by column, without those that say nothing."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: values for name, values in columns.items() if any(each is not None for each in values)
    }
