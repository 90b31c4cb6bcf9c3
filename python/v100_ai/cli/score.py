"""`v100 score`: how much each five seconds of a recording or a transcript would move people, and why."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from v100_ai.analyzers import FrameAnalyzer
from v100_ai.cli.outcome import LOST, USAGE, Outcome
from v100_ai.clips.choice import Boundaries, Clip, Moments, choose
from v100_ai.clips.making import told_of
from v100_ai.errors import NoSound, NoVideo, SettingRejected, SourceLost, V100Error
from v100_ai.highlights.model import Segment
from v100_ai.highlights.transcript import read
from v100_ai.report.rows import cells
from v100_ai.sources import open_media
from v100_ai.sources.sound import sound
from v100_ai.viral.audience import Context, Profile, trends_from
from v100_ai.viral.moment import Moment
from v100_ai.viral.scorer import ViralScorer, scored
from v100_ai.viral.sentence import hook
from v100_ai.viral.sound import RATE
from v100_ai.viral.table import Table, shipped
from v100_ai.words import Transcript

TRANSCRIPTS: Final = frozenset({".jsonl", ".json", ".vtt", ".srt"})
"""Endings of files that are read as transcripts; anything else is media."""

LAYERS: Final = ("motion", "complexity", "visual")

CLIPS: Final = 3
CLIPS_MOST: Final = 50

LEAD_S: Final = 10.0
"""Seconds that sound is read ahead of the pictures."""


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 score` takes."""
    parser.description = (
        "Scores every five seconds: a ranking signal from content, not a promise. Account, audience and platform are not "
        "modelled; docs/viral.md says what is fitted on what."
    )
    parser.add_argument("input", metavar="MEDIA|TRANSCRIPT",
                        help=f"a file or URL with pictures or sound, or a transcript ({', '.join(sorted(TRANSCRIPTS))})")  # fmt: skip
    parser.add_argument(
        "--transcript",
        type=Path,
        metavar="T",
        help="what is said in the media: JSON lines, WebVTT or SubRip",
    )
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="P.toml",
        help="the audience: interests, language, level, seconds, hours",
    )
    parser.add_argument(
        "--trends", type=Path, metavar="T.json", help="topics that trend, each with since when"
    )
    parser.add_argument("--posting", type=datetime.fromisoformat, metavar="TIME",
                        help="when it is posted, ISO 8601 with the audience's time zone")  # fmt: skip
    parser.add_argument(
        "--table",
        type=Path,
        metavar="TABLE",
        help="weights of yours, as `v100 tune viral` writes them",
    )
    parser.add_argument(
        "--clips",
        type=_count,
        default=CLIPS,
        metavar="N",
        help=f"the best clips that are named, at most {CLIPS_MOST} (default: {CLIPS}); `v100 clips` cuts them",
    )
    parser.add_argument(
        "--json",
        type=Path,
        metavar="OUT",
        help="one JSON object a line; standard output if not given",
    )


def run(options: argparse.Namespace) -> Outcome:
    """Score, then write a line for each five seconds; what was scored until a source was lost stands."""
    try:
        scorer = _scorer(options)
        transcript = (
            Path(options.input) if Path(options.input).suffix.lower() in TRANSCRIPTS else None
        )
        if transcript is not None and options.transcript is not None:
            return Outcome(
                USAGE, "expected --transcript with media, found a transcript as the input"
            )
        segments = (
            read(transcript or options.transcript) if transcript or options.transcript else []
        )
        moments = (
            scored(segments, scorer) if transcript else _of_media(options.input, segments, scorer)
        )
        out = options.json.open("w", encoding="utf-8") if options.json else None
    except (V100Error, OSError) as refused:
        return Outcome(USAGE, str(refused))
    found: list[Moment] = []
    with out or nullcontext(sys.stdout) as target:
        try:
            for moment in moments:
                _write(target, {"type": "score", **moment.to_json()})
                found.append(moment)
        except SourceLost as lost:
            return Outcome(LOST, str(lost))
        for clip in _clips(segments, found, options.clips):
            _write(target, {"type": "clip", **told_of(clip)})
    return Outcome()


def _clips(segments: list[Segment], moments: list[Moment], count: int) -> tuple[Clip, ...]:
    """The best clips between sentences; none without a transcript, as nothing tells where one may begin."""
    said = Transcript.of(segments)
    if not len(said) or not moments or not count:
        return ()
    duration = max(moments[-1].end, said.words[-1].end)
    boundaries = Boundaries(said, duration=duration, hook=hook)
    return choose(boundaries, Moments.of(moments, duration), count=count)


def _scorer(options: argparse.Namespace) -> ViralScorer:
    try:
        trends = trends_from(options.trends.read_bytes()) if options.trends else ()
    except OSError as wrong:
        raise SettingRejected(f"trends: {wrong}") from wrong
    context = Context(
        profile=Profile.read(options.profile) if options.profile else None,
        trends=trends,
        posting=options.posting,
    )
    return ViralScorer(Table.read(options.table) if options.table else shipped(), context)


def _of_media(source: str, segments: list[Segment], scorer: ViralScorer) -> Iterator[Moment]:
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


def _write(target: TextIO, told: Mapping[str, Any]) -> None:
    target.write(json.dumps(told, ensure_ascii=False) + "\n")


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= CLIPS_MOST:
        raise ValueError(text)
    return count
