"""Task: what a renderer is asked to do. Crosses to its process as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from v100_ai.clips.framing import Evidence, evidence_from
from v100_ai.edit import CutRange, Edit
from v100_ai.errors import SettingRejected
from v100_ai.words import Transcript, Word
from v100_ai.worker.spec import MIB, Limits

ASPECTS: Final[Mapping[str, tuple[int, int]]] = {
    "9:16": (9, 16),
    "4:5": (4, 5),
    "1:1": (1, 1),
    "16:9": (16, 9),
    "source": (0, 0),
}
"""Shapes of a clip; `source` is the source's own."""

FRAMINGS: Final = ("auto", "fit", "center")

EDGES: Final = (1080, 720, 540, 360)
"""Shorter edges that platforms know: a clip has the largest that its source has by itself, but for the smallest."""

ENLARGED: Final = 0.85
"""Share of an edge that a source has to have for it."""

LARGEST_TASK: Final = 64 * MIB

RENDERING: Final = Limits(memory=2048 * MIB, cpu=120, opening=60.0, silence=120.0)
"""What a renderer may take: memory for the encoder's pictures; processor time and silence between two frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One clip of one source, in one or more shapes."""

    source: str
    """A file's path."""
    folder: str
    """Where it writes; nothing else of the disk can be written."""
    name: str
    """Of the files it writes, before their endings."""
    kind: Literal["render", "plan", "preview"] = "render"
    span: tuple[float, float] | None = None
    """Seconds of the source; all of it where nothing is said."""
    transcript: Transcript = field(default_factory=lambda: Transcript(()))
    edit: Edit = field(default_factory=Edit)
    parts: tuple[str, ...] = ()
    """Files that follow each other, which are first joined into `source`, in the folder."""
    later: float | None = None
    """Where times are those of a session: the seconds that they lie after the source's own clock."""
    aspects: tuple[str, ...] = ("source",)
    edge: int | None = None
    """The shorter edge in pixels; by the source's own size where nothing is said."""
    captions: bool = True
    font: str | None = None
    loudness: float | None = -14.0
    """LUFS; `None` leaves it."""
    peak: float = -1.0
    """dBTP."""
    framing: str = "auto"
    evidence: Evidence = field(default_factory=Evidence)
    preset: str = "veryfast"
    crf: int = 20
    largest: int = 4096 * MIB
    """Bytes of one file at most."""
    limits: Limits = RENDERING

    def __post_init__(self) -> None:
        unknown = [each for each in self.aspects if each not in ASPECTS]
        if unknown or not self.aspects:
            raise SettingRejected(f"expected aspects of {', '.join(ASPECTS)}, found {self.aspects}")
        if self.framing not in FRAMINGS:
            raise SettingRejected(
                f"expected a framing of {', '.join(FRAMINGS)}, found {self.framing}"
            )
        if self.span is not None and not 0 <= self.span[0] < self.span[1] < float("inf"):
            raise SettingRejected(f"expected 0 <= start < end, found {self.span}")
        if self.loudness is not None and not -40.0 <= self.loudness <= -5.0:  # noqa: PLR2004  # LUFS that anybody asks for
            raise SettingRejected(f"expected a loudness of -40 to -5 LUFS, found {self.loudness}")
        if self.edge is not None and (self.edge % 2 or not 64 <= self.edge <= 2160):  # noqa: PLR2004  # sizes that players show
            raise SettingRejected(f"expected an even edge of 64 to 2160 px, found {self.edge}")
        if not self.name or Path(self.name).name != self.name or not self.name.isprintable():
            raise SettingRejected(f"expected a plain file name, found {self.name!r}")

    def to_json(self) -> bytes:
        """The task for the renderer's standard input."""
        told = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in {"transcript", "edit", "evidence", "limits"}
        }
        words = [
            [w.text, w.start, w.end, w.speaker, w.confidence, w.estimated]
            for w in self.transcript.words
        ]
        told["words"], told["breaks"] = words, sorted(self.transcript.breaks)
        told["edit"], told["evidence"] = self.edit.to_json(), self.evidence.to_json()
        told["limits"] = asdict(self.limits)
        return json.dumps(told).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Task":
        """The task that the parent wrote."""
        found: dict[str, Any] = json.loads(text)
        words = tuple(
            Word(text=t, start=s, end=e, speaker=who, confidence=c, estimated=guess)
            for t, s, e, who, c, guess in found.pop("words")
        )
        found["transcript"] = Transcript(words, frozenset(found.pop("breaks")))
        found["edit"] = Edit.from_json(found["edit"], len(words))
        found["evidence"] = evidence_from(found["evidence"])
        found["limits"] = Limits(**found["limits"])
        found["aspects"], found["parts"] = tuple(found["aspects"]), tuple(found["parts"])
        if found["span"] is not None:
            found["span"] = tuple(found["span"])
        return cls(**found)

    def shifted(self, by: float) -> "Task":
        """The task with all its times so many seconds later."""
        words = tuple(
            replace(w, start=max(0.0, w.start + by), end=max(0.0, w.end + by))
            for w in self.transcript.words
        )
        span = self.span and (max(0.0, self.span[0] + by), self.span[1] + by)
        operations = tuple(
            replace(each, start=max(0.0, each.start + by), end=max(0.001, each.end + by))
            if isinstance(each, CutRange)
            else each
            for each in self.edit.operations
        )
        return replace(
            self,
            span=span,
            later=None,
            transcript=Transcript(words, self.transcript.breaks),
            edit=Edit(operations, self.edit.version),
            evidence=self.evidence.shifted(by),
        )

    def of(self, **changes: Any) -> "Task":
        """The task with these things otherwise."""
        return replace(self, **changes)


def size(width: int, height: int, aspect: str, edge: int | None) -> tuple[int, int]:
    """The output's pixels for an upright source of that size."""
    wide, high = ASPECTS[aspect] if aspect != "source" else (width, height)
    short = min(width, height)
    chosen = edge or next((each for each in EDGES if short >= ENLARGED * each), EDGES[-1])
    if aspect == "source" and edge is None:
        chosen = min(short, EDGES[0])
    scale = chosen / min(wide, high)
    return 2 * round(wide * scale / 2), 2 * round(high * scale / 2)
