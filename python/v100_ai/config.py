"""What an operator can set: a TOML file, environment variables `V100_*`, or the command line, the later over the former."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    DirectoryPath,
    Field,
    FilePath,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from v100_ai.errors import SettingRejected

PORT: Final = 8100


class Asr(BaseModel):
    """What makes text of speech."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: Literal["faster-whisper", "sherpa-onnx", "pocketsphinx"]
    """pocketsphinx only demonstrates that it works without a network: half of what it writes is wrong."""
    model: Path | None = None
    """The folder of the model, which is yours to bring; pocketsphinx has one in its package."""
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] = "en"


class Settings(BaseSettings):
    """The service's settings; each is a key of the file, and `V100_` with its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="V100_", extra="forbid", frozen=True, env_nested_delimiter="__"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    database: str = "sqlite:///v100.db"
    """A URL of SQLite or PostgreSQL."""
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
    asr: Asr | None = None
    """What makes text of speech, for meetings with the layer transcription; without it, text comes from outside."""
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
    """How long the history of ended sessions is kept."""
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
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def rejected(refused: ValidationError) -> SettingRejected:
    """The first of the settings that cannot be used, in a line."""
    first = refused.errors()[0]
    where, said = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    if ", found " not in said:
        said += f", found {_written(first['input'])!r:.100}"
    return SettingRejected(": ".join(filter(None, (where, said))))


def _written(found: object) -> object:
    return str(found) if isinstance(found, Path) else found
