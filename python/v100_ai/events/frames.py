"""Events of frames: what they measure, where they come from, and what is wrong with them.

`track` is whose picture it is, where a session has more than one; a stream's own has no name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from v100_ai.events.event import Event, Reading, Value
from v100_ai.events.fields import ABSENT, READY, SPREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameAnalysis(Event):
    """A second of frames: least, mean and greatest of each reading under its name, or all in `columns`.

    Attributes:
        frame: the last one's number, counted from the session's first.
        frames: how many there are.
        from_pts: seconds, the least time.
        to_pts: seconds, the greatest time.
        columns: every frame's readings by name, where the session's `rate` is `frame`.
        readings: `{"min", "mean", "max"}` of each reading under its own name, or null where it is not known.
        track: whose picture.
    """

    type: ClassVar = "frame.analysis"

    frame: int
    frames: int
    from_pts: float
    to_pts: float
    columns: Mapping[str, Sequence[Value]] | None = field(default=None, metadata=READY)
    track: str | None = field(default=None, metadata=ABSENT)
    readings: Mapping[str, Any] = field(default_factory=dict[str, Any], metadata=SPREAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisGap(Event):
    """Frames from one time to another were not seen.

    Attributes:
        from_pts: seconds.
        to_pts: seconds.
        reason: why.
        track: whose picture.
    """

    type: ClassVar = "analysis.gap"

    from_pts: float
    to_pts: float
    reason: str
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisWarning(Event):
    """Figures of a source may not say what they seem to, as its whole shows once it was read to its end.

    Attributes:
        text: what is doubtful: frames without a pair, an alignment that may be lost, another aspect ratio.
        track: whose picture.
    """

    type: ClassVar = "analysis.warning"

    text: str
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConnected(Event):
    """The source gives frames.

    Attributes:
        width: pixels.
        height: pixels.
        codec: FFmpeg's name of it.
        rate: frames a second, as it says itself.
        track: whose picture.
    """

    type: ClassVar = "source.connected"

    width: int
    height: int
    codec: str
    rate: float | None
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDisconnected(Event):
    """The source gives none any more; it is tried again in `retry_in` seconds, if at all.

    Attributes:
        reason: why, without secrets.
        retry_in: seconds until it is tried again; null if it is not.
        track: whose picture.
    """

    type: ClassVar = "source.lost"

    reason: str
    retry_in: float | None
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBehind(Event):
    """A source at pace `live` is measured later than it is shown, by more than two seconds.

    Attributes:
        at: seconds.
        lag: seconds by which it is behind.
        dropped: frames that were left out so far.
        track: whose picture.
    """

    type: ClassVar = "source.behind"

    at: float
    lag: float
    dropped: int
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCaughtUp(Event):
    """A source that was behind is measured in time again, within half a second.

    Attributes:
        at: seconds.
        lasted: seconds since it was told to be behind.
        dropped: frames that were left out so far.
        track: whose picture.
    """

    type: ClassVar = "source.caught_up"

    at: float
    lasted: float
    dropped: int
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCut(Event):
    """The picture changed to another scene.

    Attributes:
        pts: seconds, of its first frame.
        frame: that frame's number.
        score: how suddenly and how thoroughly it changed, 0 to 1.
        track: whose picture.
    """

    type: ClassVar = "scene.cut"

    pts: float
    frame: int
    score: float | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound(Event):
    """Black, frozen, blocky or blurred picture, now that it is over.

    Attributes:
        fault: which of them.
        from_pts: seconds, of its first frame.
        to_pts: seconds, of the first frame after it, or the last there is.
        frames: how many it lasted.
        worst: the most faulty value in it, in the unit of its measure.
        track: whose picture.
    """

    type: ClassVar = "fault.found"

    fault: str
    from_pts: float
    to_pts: float
    frames: int | None = field(default=None, metadata=ABSENT)
    worst: float | None = field(default=None, metadata=ABSENT)
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOpened(Event):
    """A reading was bad for as long as its rule says: since `start`, decided `at`.

    Attributes:
        rule: the rule's name.
        incident: this alert, unique in its session; its resolution has the same.
        reading: what was read.
        value: what it was last.
        limit: from where on it is bad.
        start: seconds, when it began to be bad.
        at: seconds, when that was decided.
        track: whose picture.
    """

    type: ClassVar = "alert.opened"

    rule: str
    incident: str
    reading: str
    value: Reading
    limit: float
    start: float
    at: float
    track: str | None = field(default=None, metadata=ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Event):
    """An alert is over: the reading was good from `end` on.

    Attributes:
        rule: the rule's name.
        incident: the alert that opened.
        reading: what was read.
        value: what it was last; null if the rule is gone.
        worst: the worst value while it lasted.
        start: seconds, when it began to be bad.
        end: seconds, when it began to be good.
        at: seconds, when that was decided.
        reason: the reading recovered, or the rule was removed.
        track: whose picture.
    """

    type: ClassVar = "alert.resolved"

    rule: str
    incident: str
    reading: str
    value: Reading | None
    worst: Reading
    start: float
    end: float
    at: float
    reason: Literal["recovered", "removed"] = "recovered"
    track: str | None = field(default=None, metadata=ABSENT)
