"""Clips of a file: what is said in it, scored, chosen between sentences, and rendered one after the other."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from v100_ai.clips.choice import Boundaries, Clip, Lengths, Moment, Moments, choose
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import Rendered, planned, rendered
from v100_ai.errors import NoSound, SettingRejected
from v100_ai.highlights.model import Segment
from v100_ai.highlights.transcript import read
from v100_ai.sources.sound import sound
from v100_ai.words import Transcript

BESIDE: Final = (".jsonl", ".vtt", ".srt")
"""Endings of a transcript beside its source, in the order they are looked for."""

OnClip = Callable[[int, str, float], None]
"""The number of a clip, the stage it is at, and how far it is, from 0 to 1."""

Said = Transcript | Iterable[Segment] | str | Path


def clips(
    source: str | Path,
    *,
    transcript: Said | None = None,
    count: int = 3,
    aspect: str | Sequence[str] = "9:16",
    seconds: tuple[float, float] = (15.0, 45.0),
    folder: str | Path = "clips",
    scores: Iterable[Moment] | None = None,
    progress: OnClip | None = None,
    **settings: Any,
) -> list[Rendered]:
    """The best moments of a recording as files that are ready to post, in order of time.

    Args:
        source: A file with picture and sound.
        transcript: What is said in it: a file (JSON lines, WebVTT, SubRip), segments, or a `Transcript`; by default the
            file of its name that lies beside it.
        count: Clips at most.
        aspect: `9:16`, `4:5`, `1:1`, `16:9` or `source`; several give each clip in all of them.
        seconds: Seconds that a clip lasts at least and at most.
        folder: Where the files are written.
        scores: How its moments rank (`rank_score` from 0 to 100); by default `v100_ai.viral` scores what
            is said and heard.
        progress: Told the clip's number, the stage and how far it is.
        settings: Of `Task`: `captions`, `font`, `loudness`, `peak`, `framing`, `evidence`, `edge`, `preset`, `crf`;
            `kind="preview"` copies packets from the key frame before, which takes a moment.

    Raises:
        SourceLost: The source cannot be read.
        TranscriptUnreadable: The transcript cannot be read.
        SettingRejected: A setting cannot be used, or there is no transcript.
        RenderFailed: A clip could not be rendered.
    """
    said = transcript_of(source, transcript)
    stem = Path(source).stem
    first = task_of(
        source, folder=folder, name=stem, aspects=_aspects(aspect), transcript=said, **settings
    )
    facts = planned(first)
    duration = facts["span"][1]
    moments = Moments.of(scored(said, source) if scores is None else scores, duration)
    boundaries = Boundaries(said, scenes=first.evidence.cuts, duration=duration, hook=hook())
    chosen = choose(boundaries, moments, count=count, lengths=Lengths(*seconds))
    made = []
    for number, clip in enumerate(chosen, 1):
        task = first.of(name=f"{stem}-{number}", span=(clip.start, clip.end))
        made.append(
            rendered(
                task, progress=_numbered(progress, number), decisions={"choice": told_of(clip)}
            )
        )
    return made


def task_of(
    source: str | Path, *, folder: str | Path, name: str, transcript: Transcript, **settings: Any
) -> Task:
    """The task with these settings. Raises `SettingRejected`."""
    try:
        return Task(
            source=str(source), folder=str(folder), name=name, transcript=transcript, **settings
        )
    except TypeError as error:
        raise SettingRejected(f"expected settings of a clip: {error}") from error


def transcript_of(source: str | Path, said: Said | None) -> Transcript:
    """What is said, wherever it is told. Raises `SettingRejected` where nothing is, and `TranscriptUnreadable`."""
    if isinstance(said, Transcript):
        return said
    if said is None:
        beside = [Path(source).with_suffix(ending) for ending in BESIDE]
        found = next((each for each in beside if each.is_file()), None)
        if found is None:
            names = ", ".join(each.name for each in beside)
            raise SettingRejected(f"expected a transcript, or one beside {source}: {names}")
        said = found
    segments = read(Path(said)) if isinstance(said, str | Path) else said
    return Transcript.of(segments)


def scored(transcript: Transcript, source: str | Path | None = None) -> Iterable[Moment]:
    """How the moments of a recording rank, by what is said in it and, where it can be heard, by its sound."""
    segments = [
        Segment(
            id=str(one.first),
            participant=one.speaker,
            start=one.start,
            end=one.end,
            text=one.text,
            words=transcript.words[one.first : one.last + 1],
        )
        for one in transcript.sentences()
    ]
    # Its tables are loaded when they are needed.
    viral = import_module("v100_ai.viral")
    scorer, rate = viral.ViralScorer(), import_module("v100_ai.viral.sound").RATE
    waiting = deque(sorted(segments, key=lambda each: (each.end, each.start)))
    try:
        at = 0.0
        for samples in () if source is None else sound(str(source), rate):
            scorer.listen(samples)
            at += len(samples) / rate
            while waiting and waiting[0].end <= at:
                scorer.hear(waiting.popleft())
            yield from scorer.advance(at)
    except NoSound:
        at = 0.0
    if not at:
        yield from viral.scored(segments, scorer)
        return
    for segment in waiting:
        scorer.hear(segment)
    yield from scorer.finish(max(at, *(each.end for each in segments), 0.0))


def hook() -> Callable[[str], float]:
    """How well a sentence opens, from 0 to 1."""
    rating: Callable[[str], float] = import_module("v100_ai.viral").hook
    return rating


def told_of(clip: Clip) -> dict[str, Any]:
    """A choice as it is written beside its clip."""
    return asdict(replace(clip, score=round(clip.score, 4)))


def _aspects(aspect: str | Sequence[str]) -> tuple[str, ...]:
    return (aspect,) if isinstance(aspect, str) else tuple(aspect)


def _numbered(progress: OnClip | None, number: int) -> Callable[[str, float], None] | None:
    if progress is None:
        return None
    told = progress
    return lambda stage, share: told(number, stage, share)
