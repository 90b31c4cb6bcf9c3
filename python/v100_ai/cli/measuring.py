"""One input on its way through the layers, into the report and the files."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from v100_ai.analysis import Analysis, judged, signs
from v100_ai.analyzers import Reading
from v100_ai.cli.outcome import DONE, LOST, STOPPED, TERMINATED, Outcome
from v100_ai.cli.progress import Progress
from v100_ai.cli.reference import Compared
from v100_ai.cli.results import Results, Unheard
from v100_ai.comparison import Scored
from v100_ai.deepfake import Judge
from v100_ai.errors import V100Error
from v100_ai.faults import Cut, Fault, Finder
from v100_ai.frames import Frame
from v100_ai.report.page import Report
from v100_ai.report.rows import cells
from v100_ai.sources import Media
from v100_ai.sources.thumbnail import thumbnail

EVENTS: Final = 10_000
"""Faults and cuts that are kept for the report, of each."""

TOLD: Final = 20
"""Gaps that are warned of one by one."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what knows how to stop for Ctrl-C stops for it as well."""


@dataclass(slots=True)
class Run:
    """One input."""

    analysis: Analysis
    media: Media
    results: Results
    report: Report
    against: Compared | None

    def through(self, bar: Progress, *, pictures: bool) -> Outcome:
        """Until the input ends, however it does; what was measured is kept."""
        outcome = Outcome(DONE)
        finder = Finder()
        try:
            self._measure(finder, bar, pictures=pictures)
        except V100Error as lost:
            outcome = self._broken(LOST, str(lost))
        except Unheard as unheard:
            said = f"cannot write: {unheard}".removesuffix(": standard output")
            outcome = replace(self._broken(LOST, said), unheard=True)
        except Terminated:
            outcome = self._broken(TERMINATED, "stopped", "stopped by a signal")
        except KeyboardInterrupt:
            outcome = self._broken(STOPPED, "stopped", "stopped by the user")
        self._note(finder.flush())
        self._conclude()
        return outcome

    def _broken(self, status: int, said: str, told: str | None = None) -> Outcome:
        self.report.lost = told or said
        return Outcome(status, f"{said}; {self.report.series.frames} frames kept")

    def _conclude(self) -> None:
        """What is known when the last frame is through."""
        report = self.report
        report.gaps = list(self.media.gaps)
        if self.against is not None:
            self.against.conclude()
            report.warnings += self.against.run.warnings
            report.notes += self.against.run.notes
        else:
            report.warnings += self.media.notes
            report.warnings += [f"{gap.reason}, at {gap.start:.2f} s" for gap in report.gaps[:TOLD]]
        if report.lost and report.series.frames:
            report.warnings.append(
                f"all figures are of the {report.series.frames} frames before the end"
            )

    def _measure(self, finder: Finder, bar: Progress, *, pictures: bool) -> None:
        judge = Judge()
        with closing(self._readings()) as readings:
            for index, (frame, reading, scored) in enumerate(readings):
                row = cells(reading, index, scored and scored.reading, judged(judge, reading))
                self.results.push(row)
                self.report.series.push(row, anew=frame.gap is not None)
                cut = self._note(finder.push(index, frame.pts, signs(reading), frame.gap))
                if pictures:
                    self.report.gallery.offer(index, frame.pts, partial(thumbnail, frame), cut=cut)
                    if self.against is not None and scored is not None:
                        self.against.offer(scored)
                bar.push(index + 1)

    def _readings(self) -> Generator[tuple[Frame, Reading, Scored | None], None, None]:
        """Each frame, what it measures, and how it compares where there is a reference."""
        if self.against is None:
            for frame, reading in self.analysis.measured(self.media):
                yield frame, reading, None
            return
        analyzer = self.analysis.analyzer(self.media)
        known = self.analysis.known()
        for scored in self.against.run.comparison.scored():
            frame = scored.distorted
            yield frame, analyzer.push(frame, faces=known.of(frame)), scored

    def _note(self, found: list[Fault | Cut]) -> bool:
        """Keep what was found; whether a cut is among it."""
        cuts = [each for each in found if isinstance(each, Cut)]
        faults = [each for each in found if isinstance(each, Fault)]
        self.report.cuts += cuts[: EVENTS - len(self.report.cuts)]
        self.report.faults += faults[: EVENTS - len(self.report.faults)]
        return bool(cuts)
