"""What is asked of a session: every layer is one flag, on a meeting or a stream alike."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from v100_ai.alerts import Rule
from v100_ai.highlights.finding import KINDS, Kind

Category = Literal["questions", "action_items", "decisions", "topics", "sentiment"]

KIND_OF: Final[dict[Category, Kind]] = {
    "questions": "question",
    "action_items": "action_item",
    "decisions": "decision",
    "topics": "topic",
    "sentiment": "sentiment",
}

UNAVAILABLE: Final = ("deepfake_detection", "viral_scoring")
"""Layers with a name but nothing behind it yet."""

PIXEL_LAYERS: Final = {
    "scene_complexity": ("complexity",),
    "motion_estimation": ("motion", "vectors"),
    "visual": ("visual",),
}
"""The analyzer's layers behind each flag."""

LINE: Final = r"^[^\x00-\x1f\x7f]*$"
"""Text without control characters: names end up in terminals, and no database keeps a NUL in text."""

ADDRESS: Final = r"^[^@\s]+@[^@\s]+$"

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=LINE)
]
Label = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=LINE)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=LINE)]


def _near(moment: datetime) -> datetime:
    if not EARLIEST <= moment.timestamp() <= LATEST:
        raise ValueError("expected a time from 1970 to 2200")
    return moment


EARLIEST: Final = 0.0
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC).timestamp()

Moment = Annotated[AwareDatetime, AfterValidator(_near)]
"""A time with its zone, within centuries that every calendar can count in."""


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError) as unknown:
        raise ValueError("expected an IANA time zone such as Europe/Berlin") from unknown
    return name


Zone = Annotated[str, StringConstraints(max_length=64, pattern=LINE), AfterValidator(_known)]


class Model(BaseModel):
    """What comes in: closed, so that a misspelt field is told and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Person(Model):
    """Somebody invited. `id` is their label in levels and transcripts once they are there."""

    id: Label | None = None
    name: Name
    address: Annotated[str, StringConstraints(max_length=254, pattern=ADDRESS)] | None = None
    nicknames: Annotated[tuple[Name, ...], Field(max_length=20)] = ()


class Layers(Model):
    """The flags, and what goes with them."""

    highlights: bool = False
    categories: Annotated[tuple[Category, ...], Field(max_length=len(KIND_OF))] = tuple(KIND_OF)
    engine: Literal["auto", "rules", "claude"] = "auto"
    """`auto` asks Claude where the service has a key; the rules stand by."""
    budget: bool = True
    """Whether a meeting is held to 15 to 25 highlights an hour."""
    transcription: bool = False
    """Whether what participants say becomes text here: the service needs an engine, and the session their sound."""
    active_speaker: bool = False
    layout: Literal["speaker", "grid", "spotlight"] = "speaker"
    quality_metrics: bool = False
    scene_complexity: bool = False
    motion_estimation: bool = False
    visual: bool = False
    deepfake_detection: bool = False
    viral_scoring: bool = False
    rate: Literal["second", "frame"] = "second"
    """Readings in `frame.analysis`: least, mean and greatest of each second, or every frame's."""
    alerts: tuple[Rule, ...] = Field(default=(), max_length=64)
    webhook: Url | None = None

    @property
    def on(self) -> tuple[str, ...]:
        """The flags that are set."""
        flags = (
            name for name, field in type(self).model_fields.items() if field.annotation is bool
        )
        return tuple(each for each in flags if each != "budget" and getattr(self, each))

    @property
    def unavailable(self) -> tuple[str, ...]:
        """Those set that have nothing behind them yet."""
        return tuple(each for each in UNAVAILABLE if getattr(self, each))

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of highlights asked for."""
        return frozenset(KIND_OF[each] for each in self.categories) or frozenset(KINDS)

    @property
    def pixels(self) -> tuple[str, ...]:
        """The analyzer's layers behind the flags."""
        return tuple(
            layer
            for flag, layers in PIXEL_LAYERS.items()
            if getattr(self, flag)
            for layer in layers
        )


class Restart(Model):
    """When a lost source is tried again; the pauses grow from `first` to `longest` seconds."""

    when: Literal["never", "on_error", "always"] = "on_error"
    first: Annotated[float, Field(gt=0, le=3600)] = 1.0
    longest: Annotated[float, Field(gt=0, le=3600)] = 60.0
    attempts: Annotated[int, Field(ge=0, le=100_000)] = 20
    """Tries in a row without a frame before the session ends."""


class SessionSettings(Model):
    """All that is asked of one session, as it is kept."""

    layers: Layers = Layers()
    source: Url | None = None
    reference: Url | None = None
    pace: Literal["live", "fast"] = "live"
    """Whether a file is read as it would be shown, or as fast as can be."""
    restart: Restart = Restart()
    people: tuple[Person, ...] = Field(default=(), max_length=512)
    time_zone: Zone = "UTC"
    begins: Moment | None = None
    """When the meeting begins, for deadlines; the session's creation if not said."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.reference is not None and self.source is None:
            raise ValueError("expected a source with the reference, found none")
        if not (self.layers.pixels or self.layers.quality_metrics):
            for what, found in (("a source", self.source), ("alerts", self.layers.alerts)):
                if found:
                    raise ValueError(
                        f"expected a layer that measures frames with {what}, found none"
                    )
        return self
