"""The moments of media for `v100 score`: pictures, sound and transcript side by side."""

from collections.abc import Iterator
from typing import Final

from v100_ai.analyzers import FrameAnalyzer
from v100_ai.errors import NoSound, NoVideo, SourceLost
from v100_ai.highlights.model import Segment
from v100_ai.report.rows import cells
from v100_ai.sources import open_media
from v100_ai.sources.sound import sound
from v100_ai.viral.moment import Moment
from v100_ai.viral.scorer import ViralScorer
from v100_ai.viral.sound import RATE

LAYERS: Final = ("motion", "complexity", "visual")

LEAD_S: Final = 10.0
"""Seconds that sound is read ahead of the pictures."""


def of_media(source: str, segments: list[Segment], scorer: ViralScorer) -> Iterator[Moment]:
    """The moments of media: its pictures and its sound side by side, and what is said in it. One of both may be missing."""
    waiting = sorted(segments, key=lambda each: (each.end, each.start))
    pictures, heard = _Pictures(source, scorer), _Sound(source, scorer)
    while not (pictures.ended and heard.ended):
        if not heard.ended and (pictures.ended or heard.at < pictures.at + LEAD_S):
            heard.step()
        else:
            pictures.step()
        now = (
            min(each.at for each in (pictures, heard) if not each.ended)
            if not (pictures.ended and heard.ended)
            else 0.0
        )
        while waiting and waiting[0].end <= now:
            scorer.hear(waiting.pop(0))
        yield from scorer.advance(now)
    if pictures.missing and heard.missing:
        raise pictures.missing
    for segment in waiting:
        scorer.hear(segment)
    yield from scorer.finish(max(pictures.at, heard.at))


class _Pictures:
    """The pictures of a source, a frame a step."""

    def __init__(self, source: str, scorer: ViralScorer) -> None:
        self.at, self.ended = 0.0, False
        self.missing: SourceLost | None = None
        self._scorer = scorer
        self._rows = self._read(source)

    def step(self) -> None:
        """One frame more."""
        try:
            next(self._rows)
        except StopIteration:
            self.ended = True
        except NoVideo as missing:
            self.ended, self.missing = True, missing

    def _read(self, source: str) -> Iterator[None]:
        analyzer = FrameAnalyzer(LAYERS)
        with open_media(source) as media:
            self._scorer.context.seconds = media.duration
            for number, frame in enumerate(media.frames()):
                reading = analyzer.push(frame)
                self.at = max(self.at, frame.pts)
                self._scorer.see(cells(reading, number), frame.pts)
                yield


class _Sound:
    """The sound of a source, some tens of milliseconds a step."""

    def __init__(self, source: str, scorer: ViralScorer) -> None:
        self.at, self.ended = 0.0, False
        self.missing: SourceLost | None = None
        self._scorer = scorer
        self._pieces = sound(source, RATE)

    def step(self) -> None:
        """One piece more."""
        try:
            samples = next(self._pieces)
        except StopIteration:
            self.ended = True
        except NoSound as missing:
            self.ended, self.missing = True, missing
        else:
            self._scorer.listen(samples)
            self.at += len(samples) / RATE
