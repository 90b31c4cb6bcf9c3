"""One clip of a session as its state holds it: what was asked, what was decided, how far it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from v100_ai.events import ClipReady
from v100_ai.records import Json

Status = Literal["open", "waiting", "ready", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRecord:
    """A clip; `number` is its own in its session, and its id ends with it."""

    id: str
    number: int
    by: str
    from_pts: float
    to_pts: float | None = None
    status: Status = "open"
    version: int = 0
    operations: tuple[Json, ...] = ()
    aspects: tuple[str, ...] = ()
    rank_score: float | None = None
    reasons: tuple[str, ...] = ()
    text: str = ""
    choice: Json | None = None
    files: tuple[str, ...] = ()
    duration: float | None = None
    why: str | None = None
    """Why it failed."""

    @property
    def key(self) -> str:
        """Of its state."""
        return f"clips/{self.number}"

    @property
    def name(self) -> str:
        """Of its files, before their endings."""
        return f"clip-{self.number}"

    def to_json(self) -> Json:
        """The record as state has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Json) -> Self:
        """The record that `to_json` wrote."""
        lists = ("operations", "aspects", "reasons", "files")
        given: dict[str, Any] = {n: tuple(v) if n in lists else v for n, v in told.items()}
        return cls(**given)

    def finished(self, told: Mapping[str, Any]) -> Self:
        """The record of what a renderer made."""
        files = tuple(each["file"] for each in told["outputs"])
        words = " ".join(word["text"] for word in told["words"])
        return replace(
            self, status="ready", files=files, duration=told["duration"], text=self.text or words
        )

    @property
    def ready(self) -> ClipReady:
        """The event that tells it."""
        return ClipReady(
            clip=self.id,
            version=self.version,
            from_pts=self.from_pts,
            to_pts=self.to_pts if self.to_pts is not None else self.from_pts,
            duration=self.duration or 0.0,
            files=self.files,
            rank_score=self.rank_score,
            reasons=self.reasons,
            text=self.text,
        )
