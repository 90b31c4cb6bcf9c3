"""What an operator can set: a TOML file, environment variables `V100_*`, or the command line, the later over the former."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    DirectoryPath,
    Field,
    FilePath,
    IPvAnyAddress,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from v100_ai.errors import SettingRejected
from v100_ai.records import Engine

PORT: Final = 8100
MEDIA_PORT: Final = 8101

TurnUrl = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^turns?:[A-Za-z0-9.:\[\]_-]+(\?transport=(udp|tcp))?$"
    ),
]


class Asr(BaseModel):
    """What makes text of speech."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: Engine
    """pocketsphinx only demonstrates that it works without a network: half of what it writes is wrong."""
    model: Path | None = None
    """The folder of the model, which is yours to bring; pocketsphinx has one in its package."""
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] = "en"


ORIGIN: Final = re.compile(r"\*|https?://[^/?#\s]+|[a-z][a-z0-9+.-]*-extension://[^/?#\s]+")


def _parted(given: object) -> object:
    """As a list, also where it is text with commas in it, as variables have it."""
    return (
        [each.strip() for each in given.split(",") if each.strip()]
        if isinstance(given, str)
        else given
    )


def _origins(given: tuple[str, ...]) -> tuple[str, ...]:
    for each in given:
        if not ORIGIN.fullmatch(each):
            raise ValueError(f"expected origins such as https://app.example.org, found {each!r}")
    return given


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parted), AfterValidator(_origins)]


class MediaSettings(BaseModel):
    """The media server: rooms of WebRTC beside the meetings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: IPvAnyAddress = IPv4Address("127.0.0.1")
    """The address its UDP ports are bound to; `0.0.0.0` or `::` for all, with `addresses`."""
    port: Annotated[int, Field(ge=0, le=65_535)] = MEDIA_PORT
    """The UDP port, of the first shard; the others follow."""
    addresses: Annotated[tuple[IPvAnyAddress, ...], Field(max_length=2)] = ()
    """Where clients reach it, one of each family; the host itself if none is given."""
    shards: Annotated[int, Field(ge=1, le=64)] = 1
    """Threads, each with a port; one carries about a thousand pictures."""
    bitrate: Annotated[int, Field(ge=50_000, le=100_000_000)] = 4_000_000
    """Bits a second that a participant is asked not to exceed; at twice that packets are dropped."""
    secret: SecretStr | None = None
    """What room tokens are signed with; without one they are good until the process ends."""
    turn_urls: Annotated[tuple[TurnUrl, ...], Field(max_length=8)] = ()
    """Relays that clients are told of, such as `turn:relay.example:3478?transport=tcp`."""
    turn_secret: SecretStr | None = None
    """coturn's `static-auth-secret`."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.host.is_unspecified and not self.addresses:
            raise ValueError(f"expected addresses, where clients reach {self.host}, found none")
        if bool(self.turn_urls) != (self.turn_secret is not None):
            raise ValueError("expected turn_urls and turn_secret together, found one of them")
        return self


class Settings(BaseSettings):
    """The service's settings; each is a key of the file, and `V100_` with its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="V100_", extra="forbid", frozen=True, env_nested_delimiter="__"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    database: str = "sqlite:///v100.db"
    """A URL of SQLite or PostgreSQL."""
    origins: Origins = ()
    """Origins whose pages may use the API from a browser; `*` is any, where there are keys."""
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    """Where the metrics are had without a key, apart from all else."""
    redis: str | None = None
    """A URL, where several servers share one database: live events of all reach the readers of each."""
    allow_private: bool = False
    """Whether sources and webhooks may lead to private addresses and to this machine."""
    files: DirectoryPath | None = None
    """The folder that file sources are read from; without it there are none."""
    anthropic_key: SecretStr | None = None
    """A key of Claude's; without it highlights come from the rules."""
    anthropic_url: str | None = None
    model: str = "claude-haiku-5-5"
    dollars_an_hour: Annotated[float, Field(ge=0)] = 0.25
    """The most one meeting may spend on Claude in an hour."""
    questions: Annotated[int, Field(ge=1, le=1000)] = 16
    """How many questions to Claude may run at once."""
    alerts: Annotated[tuple[dict[str, str | float | None], ...], Field(max_length=64)] | None = None
    """Rules of sessions that bring none of their own, as `v100 tune alerts` writes them; the product's where there are none here either."""
    asr: Asr | None = None
    """What makes text of speech, for meetings with the layer transcription; without it, text comes from outside."""
    media: MediaSettings | None = None
    """The media server; none unless asked for."""
    workers: Annotated[int, Field(ge=1, le=1000)] = 8
    """How many sources may be decoded at once."""
    worker_memory: Annotated[int, Field(ge=128, le=65_536)] = 1024
    """The most memory a decoding process may take, in MiB of address space."""
    clips: Path | None = None
    """Where clips and the packets they are made of are kept: sessions with the layer clips need it."""
    clips_at_once: Annotated[int, Field(ge=1, le=64)] = 1
    """How many clips are rendered at once."""
    clips_mib: Annotated[int, Field(ge=100)] = 20_480
    """The most that clips of all sessions may take on the disk, in MiB; then none are made."""
    retention_days: Annotated[float, Field(gt=0)] = 30.0
    """How long ended sessions are kept; then all that tells of people in them is removed."""
    idle_end_seconds: Annotated[float, Field(ge=1)] | None = None
    """After how long without anything coming in a session ends; without it, never."""
    sweep_seconds: Annotated[float, Field(ge=1, le=86_400)] = 3600.0
    """How often is looked for sessions whose time is over; also at the start."""
    lease_seconds: Annotated[float, Field(ge=1, le=3600)] = 10.0
    """How long a server that says nothing still owns its sessions."""
    drain_seconds: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """How long a server that is told to stop waits for what runs."""
    speaker: dict[str, float] = Field(default_factory=dict[str, float])
    """Settings of the active speaker, as `notebooks/speaker.py` writes them."""
    trends: str | None = None
    """Topics that trend, for the viral score: a JSON file, or a URL that is asked every ten minutes."""
    viral_table: FilePath | None = None
    """Weights of the viral score, as `v100 tune viral` writes them; those of the package without it."""
    log_format: Annotated[str, Field(pattern="^(json|console)$")] = "console"
    telemetry: bool = False
    """Whether requests are traced by OpenTelemetry, which has variables of its own."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line, the environment, the file."""
        path = settings_cls.model_config.get("toml_file")
        if path is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def read(cls, path: Path | None, **given: Any) -> Self:
        """The settings of a file, the environment, and those given.

        Raises:
            SettingRejected: one of them cannot be used, or the file cannot be read.
        """
        if path is not None and not path.is_file():
            raise SettingRejected(f"expected a TOML file, found none at {path}")
        kind = type(cls.__name__, (cls,), {"model_config": SettingsConfigDict(toml_file=path)})
        try:
            settings: Self = kind(
                **{name: value for name, value in given.items() if value is not None}
            )
        except ValidationError as refused:
            raise rejected(refused) from refused
        except ValueError as refused:
            raise SettingRejected(f"{path}: {refused}") from refused
        return settings

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.media is not None and not self.media.host.is_loopback:
            return False
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def rejected(refused: ValidationError) -> SettingRejected:
    """The first of the settings that cannot be used, in a line."""
    first = refused.errors()[0]
    where, said = place(first["loc"]), first["msg"].removeprefix("Value error, ")
    if ", found " not in said:
        said += f", found {_written(first['input'])!r:.100}"
    return SettingRejected(": ".join(filter(None, (where, said))))


FORM: Final = "["
"""How the name of one of several forms begins, which pydantic puts among the names of fields."""


def place(loc: Iterable[str | int], *above: str) -> str:
    """Where a field stands. In brackets stands which of several forms it was taken for: no part of what was given."""
    return ".".join(str(each) for each in (*above, *loc) if not str(each).startswith(FORM))


def _written(found: object) -> object:
    return str(found) if isinstance(found, Path) else found
