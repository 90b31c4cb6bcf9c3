"""`v100 score`: how much each five seconds of a recording or a transcript would move people, and why."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from v100_ai.cli.outcome import LOST, STOPPED, UNWRITTEN, USAGE, Outcome
from v100_ai.clips.choice import Boundaries, Moments, choose
from v100_ai.errors import ExtraMissing, SourceLost, V100Error
from v100_ai.highlights.model import Segment
from v100_ai.highlights.transcript import Transcript as Read, transcript
from v100_ai.report import targets
from v100_ai.report.writers import JsonLines, json_lines
from v100_ai.viral.audience import Context, Profile, Trend, trends_from
from v100_ai.viral.moment import Moment
from v100_ai.viral.scorer import LATEST_S, ViralScorer, scored
from v100_ai.viral.sentence import hook
from v100_ai.viral.table import Table, shipped
from v100_ai.words import Transcript

TRANSCRIPTS: Final = frozenset({".jsonl", ".json", ".vtt", ".srt", ".txt"})
"""Endings of files that are read as transcripts; anything else is media."""

STANDARD_INPUT: Final = "-"

CLIPS: Final = 3
CLIPS_MOST: Final = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 score` takes."""
    parser.description = (
        "Scores every five seconds: a ranking signal from content, not a promise. Account, audience and platform are not "
        "modelled; docs/viral.md says what is fitted on what."
    )
    add = parser.add_argument
    add("input", metavar="MEDIA|TRANSCRIPT",
        help=f"a file or URL with pictures or sound, or a transcript ({', '.join(sorted(TRANSCRIPTS))}); - for a transcript "
             "on standard input")  # fmt: skip
    add("--transcript", metavar="T",
        help="what is said in the media: JSON lines, WebVTT, SubRip and others; - for standard input")  # fmt: skip
    add("--profile", type=Path, metavar="P.toml",
        help="the audience: interests, language, level, seconds, hours")  # fmt: skip
    add("--trends", metavar="T.json",
        help="topics that trend, each with since when: a file, or a URL that leads outside this network")  # fmt: skip
    add("--posting", type=datetime.fromisoformat, metavar="TIME",
        help="when it is posted, ISO 8601 with the audience's time zone")  # fmt: skip
    add("--weights", "--table", dest="table", type=Path, metavar="TABLE",
        help="weights of yours, as `v100 tune viral` writes them")  # fmt: skip
    add("--clips", type=_count, default=CLIPS, metavar="N",
        help=f"the best clips that are named, at most {CLIPS_MOST} (default: {CLIPS}); `v100 clips` cuts them")  # fmt: skip
    add("--json", default=targets.STANDARD_OUTPUT, metavar="OUT",
        help="one JSON object a line; standard output if not given, or -")  # fmt: skip


def run(options: argparse.Namespace) -> Outcome:
    """Score, and write a line for each five seconds as it is known; what was scored until a source was lost stands."""
    try:
        scorer = _scorer(options)
        read = _read(options)
        one = _Run(options.input, read.segments, scorer, options.clips)
        given = (options.input, options.transcript, options.profile, options.trends, options.table)
        inputs = [str(each) for each in given if each is not None and each != STANDARD_INPUT]
        targets.check({"json": options.json}, inputs)
    except (V100Error, OSError) as refused:
        return Outcome(USAGE, str(refused))
    try:
        with json_lines(options.json) as out:
            outcome = one.through(out)
    except BrokenPipeError:
        # Who reads no further has had what they wanted.
        return Outcome(LOST, unheard=True)
    except OSError as refused:
        return Outcome(UNWRITTEN, f"cannot write {options.json}: {refused.strerror or refused}")
    return Outcome(outcome.status, "; ".join(filter(None, (outcome.said, read.told()))))


@dataclass(slots=True)
class _Run:
    """One input on its way to its lines."""

    source: str
    segments: list[Segment]
    scorer: ViralScorer
    clips: int
    found: list[Moment] = field(default_factory=list[Moment])

    def through(self, out: JsonLines) -> Outcome:
        """Until the input ends, however it does."""
        try:
            for moment in self._moments():
                out.tell({"type": "score", **moment.to_json()})
                self.found.append(moment)
        except SourceLost as lost:
            return Outcome(LOST, f"{lost}; {len(self.found)} moments kept")
        except KeyboardInterrupt:
            return Outcome(STOPPED, f"stopped; {len(self.found)} moments kept")
        self._choose(out)
        return Outcome(said=self._doubts())

    def _moments(self) -> Iterator[Moment]:
        if _written(self.source):
            return scored(self.segments, self.scorer)
        # A transcript does not wait until a decoder is loaded.
        from v100_ai.cli.moments import of_media  # noqa: PLC0415

        return of_media(self.source, self.segments, self.scorer)

    def _choose(self, out: JsonLines) -> None:
        """The best clips between sentences; none without a transcript, as nothing tells where one may begin."""
        said = Transcript.of([each for each in self.segments if each.end < LATEST_S])
        if not len(said) or not self.found or not self.clips:
            return
        duration = max(self.found[-1].end, said.words[-1].end)
        boundaries = Boundaries(said, duration=duration, hook=hook)
        for clip in choose(boundaries, Moments.of(self.found, duration), count=self.clips):
            out.tell({"type": "clip", **asdict(replace(clip, score=round(clip.score, 4)))})

    def _doubts(self) -> str:
        """What the lines do not say."""
        if not self.found:
            return "nothing to score: expected at least a second of speech, sound or pictures"
        late = self.scorer.left_out
        return (
            f"{late} segments came more than a minute late, or have times that no recording has: left out"
            * bool(late)
        )


def _written(source: str) -> bool:
    return source == STANDARD_INPUT or Path(source).suffix.lower() in TRANSCRIPTS


def _read(options: argparse.Namespace) -> Read:
    """What is said. Raises `V100Error` and `OSError`."""
    if _written(options.input):
        if options.transcript is not None:
            raise V100Error("expected --transcript with media, found a transcript as the input")
        return transcript(_bytes(options.input))
    return Read() if options.transcript is None else transcript(_bytes(options.transcript))


def _bytes(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()


def _scorer(options: argparse.Namespace) -> ViralScorer:
    context = Context(
        profile=Profile.read(options.profile) if options.profile else None,
        trends=_trends(options.trends) if options.trends else (),
        posting=options.posting,
    )
    return ViralScorer(Table.read(options.table) if options.table else shipped(), context)


def _trends(where: str) -> tuple[Trend, ...]:
    """Topics of a file, or of a URL through the address checks."""
    if "://" not in where:
        return trends_from(Path(where).read_bytes())
    try:
        import anyio  # noqa: PLC0415  # of the extra that has the address checks

        from v100_ai.addresses.fetching import fetched  # noqa: PLC0415
    except ImportError as missing:
        raise ExtraMissing("serve", missing.name or "httpcore2") from missing
    return trends_from(anyio.run(fetched, where))


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= CLIPS_MOST:
        raise ValueError(text)
    return count
