"""What is asked of a session: every layer is one flag, on a meeting or a stream alike."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from v100_ai import worker
from v100_ai.alerts import MOST_RULES, Rule
from v100_ai.errors import SettingRejected
from v100_ai.layers.flags import FLAGS, Flag
from v100_ai.layers.frames.settings import RULED

LINE: Final = r"^[^\x00-\x1f\x7f]*$"
"""Text without control characters: names end up in terminals, and no database keeps a NUL in text."""

PIX_FMT: Final = r"^[a-z0-9_]{1,32}$"
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
    role: Literal["host", "participant"] = "participant"
    """Hosts see what is for hosts."""


def alerts(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules as an operator's file has them.

    Raises:
        SettingRejected: ones that could not be followed.
    """
    try:
        return RULES.validate_python(list(rules))
    except ValidationError as wrong:
        told = wrong.errors()[0]
        place = ".".join(map(str, ("alerts", *told["loc"])))
        raise SettingRejected(f"{place}: {told['msg']}"[:1000]) from wrong


RULES: Final = TypeAdapter(tuple[Rule, ...])


class Options(Model):
    """What goes with all flags alike."""

    rate: Literal["second", "frame"] = "second"
    """Readings in `frame.analysis`: least, mean and greatest of each second, or every frame's."""
    alerts: Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES)] | None = None
    """Rules on any reading. Where none are given, the default ones with `quality_metrics` or `visual`; an empty list is
    none at all."""
    webhook: Url | None = None

    @model_validator(mode="before")
    @classmethod
    def _formerly(cls, given: Any) -> Any:
        """Settings that once stood beside their flag, and may still, are put where they belong."""
        if not isinstance(given, Mapping):
            return given
        given = dict(given)
        for flag in FLAGS:
            moved = {name: given.pop(name) for name in flag.formerly if name in given}
            asked = given.get(flag.name)
            if moved and asked is True:
                given[flag.name] = moved
            elif moved and isinstance(asked, Mapping):
                given[flag.name] = {**moved, **asked}
            elif moved:
                _checked(flag, moved)
        return given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """With the settings that may stand beside their flag, so that whoever reads the schema knows them too."""
        schema = handler.resolve_ref_schema(handler(core))
        for flag in FLAGS:
            own = TypeAdapter(flag.settings).json_schema().get("properties", {})
            for name in flag.formerly:
                told = f"Of `{flag.name}`, where it may also stand."
                schema["properties"][name] = {**own[name], "description": told}
        return schema

    @property
    def on(self) -> tuple[str, ...]:
        """The flags that are set."""
        return tuple(each.name for each in FLAGS if getattr(self, each.name) is not False)

    def ruled(self, rules: Sequence[Mapping[str, Any]] | None) -> Self:
        """With rules of alerts, where it has none of its own and has readings that rules are for.

        Raises:
            SettingRejected: rules that could not be followed.
        """
        if rules is None or self.alerts is not None or not RULED & set(self.on):
            return self
        return self.model_copy(update={"alerts": alerts(rules)})

    def of(self, flag: Flag) -> Any:
        """The settings of a flag."""
        asked = getattr(self, flag.name)
        return flag.settings() if isinstance(asked, bool) else asked

    @property
    def pixels(self) -> tuple[str, ...]:
        """What has to look at frames for the flags that are set: the analyzer's layers, and quality."""
        return tuple(
            dict.fromkeys(each for flag in FLAGS if flag.name in self.on for each in flag.pixels)
        )


def _checked(flag: Flag, given: Mapping[str, Any]) -> None:
    """Settings of a flag that is not set are as they should be all the same."""
    try:
        TypeAdapter(flag.settings).validate_python(given)
    except ValidationError as refused:
        wrong = f"{refused.error_count()} that are not"
        raise ValueError(f"expected settings of {flag.name}, found {wrong}") from refused


def _asked(flag: Flag) -> Any:
    """The type of a flag's field: true or false, or its settings."""
    settings: Any = flag.settings
    given = Annotated[bool, Tag("[flag]")] | Annotated[settings, Tag("[settings]")]
    return Annotated[given, Discriminator(_tag)], False


def _tag(asked: object) -> str:
    """Which of the two it is; `config.place` leaves what stands in brackets out of a field's place."""
    return "[settings]" if isinstance(asked, Mapping) or is_dataclass(asked) else "[flag]"


if TYPE_CHECKING:
    Layers = Options
else:
    Layers = create_model(
        "Layers",
        __base__=Options,
        __doc__="The flags, and what goes with them.",
        **{each.name: _asked(each) for each in FLAGS},
    )


SourceOption = Literal[
    "analyzeduration",
    "cookies",
    "headers",
    "probesize",
    "referer",
    "rtsp_transport",
    "user_agent",
]
"""FFmpeg's options that a source may ask for."""


class Restart(Model):
    """When a lost source is tried again; the pauses grow from `first` to `longest` seconds."""

    when: worker.Restart = "on_error"
    first: Annotated[float, Field(gt=0, le=3600)] = 1.0
    longest: Annotated[float, Field(gt=0, le=3600)] = 60.0
    attempts: Annotated[int, Field(ge=0, le=100_000)] = 20
    """Tries in a row without a frame before the session ends."""


class SourceInput(Model):
    """What of a source is read, and how. `options` are FFmpeg's; their values are never shown again."""

    stream: Annotated[int, Field(ge=0, le=1000)] | None = None
    start: Annotated[float, Field(ge=0, le=1e8)] = 0.0
    duration: Annotated[float, Field(gt=0, le=1e8)] | None = None
    every: Annotated[int, Field(ge=1, le=100_000)] = 1
    rate: Annotated[float, Field(gt=0, le=1000)] | None = None
    """Frames a second of what has no times of its own."""
    size: (
        tuple[Annotated[int, Field(ge=1, le=8192)], Annotated[int, Field(ge=1, le=8192)]] | None
    ) = None
    """Width and height of raw video."""
    pix_fmt: Annotated[str, StringConstraints(pattern=PIX_FMT)] | None = None
    deinterlace: bool = False
    options: dict[SourceOption, Annotated[str, StringConstraints(max_length=4096)]] = {}


class SessionSettings(Model):
    """All that is asked of one session, as it is kept."""

    layers: Layers = Layers()
    source: Url | None = None
    reference: Url | None = None
    input: SourceInput = SourceInput()
    pace: worker.Pace = "live"
    """Whether a file is read as it would be shown, or as fast as can be."""
    late: Literal["drop", "keep", "end"] = "drop"
    """What becomes of a file at pace `live` that is more than two seconds behind: frames are left out until it is in time
    again; all are measured, later and later; or the session ends."""
    restart: Restart = Restart()
    people: tuple[Person, ...] = Field(default=(), max_length=512)
    time_zone: Zone = "UTC"
    begins: Moment | None = None
    """When the meeting begins, for deadlines; the session's creation if not said."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.reference is not None and self.source is None:
            raise ValueError("expected a source with the reference, found none")
        if not self.layers.pixels:
            for what, found in (("a source", self.source), ("alerts", self.layers.alerts)):
                if found:
                    raise ValueError(
                        f"expected a layer that measures frames with {what}, found none"
                    )
        return self
