"""Run: two inputs opened, and compared once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from v100_ai.comparison.scored import Comparison
from v100_ai.comparison.search import lag
from v100_ai.comparison.settings import Settings
from v100_ai.sources import Description, InputOptions, Media, open_media

STANDARD_INPUT: Final = "-"


@dataclass(slots=True)
class Run:
    """One comparison of two open inputs."""

    reference: Media
    distorted: Media
    comparison: Comparison
    warnings: list[str] = field(default_factory=list[str])
    """Why the scores may not say what they seem to, once `conclude` was called."""
    notes: list[str] = field(default_factory=list[str])
    """What was brought to what before it was compared, likewise."""
    _described: list[Description] = field(default_factory=list[Description])

    @property
    def name(self) -> str:
        """What errors call the distorted input."""
        return self.distorted.name

    def conclude(self) -> None:
        """All frames are through."""
        found = self.comparison.warnings + _unlike(*self._described)
        for media, which in (
            (self.reference, "the reference"),
            (self.distorted, "the distorted input"),
        ):
            found += [f"{which}: {note}" for note in media.notes]
            found += [f"{which}: {gap.reason}, at {gap.start:.2f} s" for gap in media.gaps[:3]]
        self.warnings, self.notes = found, self.comparison.notes


@contextmanager
def opened(
    reference: str | Path,
    distorted: str | Path,
    settings: Settings,
    *,
    read: InputOptions,
    most: int | None = None,
) -> Iterator[Run]:
    """Both inputs and their comparison, open for as long as the block. At most `most` frames are compared."""
    with (
        open_media(distorted, read=read) as media,
        beside(reference, distorted, media, settings, most) as run,
    ):
        yield run


@contextmanager
def beside(
    reference: str | Path,
    distorted: str | Path,
    media: Media,
    settings: Settings,
    most: int | None = None,
) -> Iterator[Run]:
    """The same, where the distorted input is open already, as `media`."""
    read = media.options
    theirs = _reference(read, settings)
    if settings.align == "pts" and not settings.lag and _again(reference) and _again(distorted):
        settings = replace(
            settings,
            lag=lag(
                lambda: open_media(reference, read=theirs),
                lambda: open_media(distorted, read=read),
                settings,
            ),
        )
    with open_media(reference, read=theirs) as other:
        part = most is not None or not read.whole or read.every > 1
        comparison = Comparison(
            other.frames(),
            islice(media.frames(), most),
            settings,
            expected=other.count,
            part=part,
        )
        yield Run(other, media, comparison, _described=[other.description, media.description])


def _reference(read: InputOptions, settings: Settings) -> InputOptions:
    """What of the reference is read: as much more at either end as frames may lie apart."""
    reach = settings.max_offset
    start = max(0.0, read.start - reach)
    duration = None if read.duration is None else read.start - start + read.duration + reach
    return replace(read, stream=None, every=1, start=start, duration=duration)


def _again(source: str | Path) -> bool:
    """Whether it is a file, that can be read twice."""
    try:
        return str(source) != STANDARD_INPUT and Path(source).is_file()
    except (OSError, ValueError):
        return False


def _unlike(reference: Description, distorted: Description) -> list[str]:
    """What the two say of themselves that keeps their codes from meaning the same."""
    found = list[str]()
    scans = [
        "interlaced" if "interlaced" in (each.scan or "") else "progressive"
        for each in (reference, distorted)
    ]
    if scans[0] != scans[1]:
        found.append(
            f"the distorted input is {scans[1]}, the reference {scans[0]} (--deinterlace takes fields apart)"
        )
    if reference.dynamic != distorted.dynamic:
        found.append(
            f"the distorted input is {distorted.dynamic}, the reference {reference.dynamic}"
        )
    return found
