"""What may be asked of the viral score."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from v100_ai.errors import SettingRejected
from v100_ai.layers.settings import CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class ViralScoringSettings:
    """Settings of the flag `viral_scoring`.

    Attributes:
        profile: the audience: `interests` (words, or words with weights), `language`, `level` (0 easy to 1 hard), `seconds`
            (shortest and longest), `hours` (168 numbers from 0 to 1, from Monday 0 h). Without it relevance is not judged.
        trends: topics that trend, each `{"topic", "since", "weight"}`, in place of the service's own.
        posting: when it is posted, ISO 8601 with the audience's time zone; without it timing is not judged.
        channel: whose sound it is: `mix` hears all participants, `none` none.
    """

    __pydantic_config__: ClassVar = CLOSED

    profile: Mapping[str, Any] | None = None
    trends: tuple[Mapping[str, Any], ...] | None = None
    posting: str | None = None
    channel: Literal["mix", "none"] = field(default="mix")

    def __post_init__(self) -> None:
        if self.posting is not None:
            try:
                at = datetime.fromisoformat(self.posting)
            except (TypeError, ValueError):
                at = None
            if at is None or at.tzinfo is None:
                raise SettingRejected(
                    f"expected posting in ISO 8601 with a time zone, found {self.posting!r:.60}"
                )
