"""Events of clips: from when one is opened to its files."""

from dataclasses import dataclass
from typing import ClassVar

from v100_ai.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOpened(Event):
    """A moment began that may become a clip, or somebody asked for one.

    Attributes:
        clip: its id.
        at: seconds, where it began.
        by: score, or request.
    """

    type: ClassVar = "clip.opened"

    clip: str
    at: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipProgress(Event):
    """A clip is being rendered; told at each quarter.

    Attributes:
        clip: its id.
        stage: listening, looking, sound, picture or checking.
        progress: 0 to 1.
    """

    type: ClassVar = "clip.progress"

    clip: str
    stage: str
    progress: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipReady(Event):
    """The files of a clip are whole: each was decoded once more. An edited one is told again, under its next version.

    Attributes:
        clip: its id.
        version: of its edit.
        from_pts: seconds.
        to_pts: seconds.
        duration: seconds of the clip itself.
        files: one of each shape.
        rank_score: 0 to 100, of its best seconds, where it was scored.
        reasons: why it begins and ends where it does.
        text: what is said in it.
    """

    type: ClassVar = "clip.ready"

    clip: str
    version: int
    from_pts: float
    to_pts: float
    duration: float
    files: tuple[str, ...]
    rank_score: float | None
    reasons: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFailed(Event):
    """There will be no such clip.

    Attributes:
        clip: its id.
        version: of its edit.
        reason: why.
    """

    type: ClassVar = "clip.failed"

    clip: str
    version: int
    reason: str
