"""What may be asked of highlights."""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from v100_ai.errors import SettingRejected
from v100_ai.events.highlights import KINDS, Kind
from v100_ai.layers.settings import CLOSED

Category = Literal["questions", "action_items", "decisions", "topics", "sentiment"]

KIND_OF: Final[dict[Category, Kind]] = {
    "questions": "question",
    "action_items": "action_item",
    "decisions": "decision",
    "topics": "topic",
    "sentiment": "sentiment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightsSettings:
    """Settings of the flag `highlights`.

    Attributes:
        categories: which kinds of highlights; none is all.
        engine: `auto` asks Claude where the service has a key; the rules stand by.
        budget: whether a meeting is held to 15 to 25 highlights an hour.
    """

    __pydantic_config__: ClassVar = CLOSED

    categories: tuple[Category, ...] = tuple(KIND_OF)
    engine: Literal["auto", "rules", "claude"] = "auto"
    budget: bool = True

    def __post_init__(self) -> None:
        if len(self.categories) > len(KIND_OF):
            raise SettingRejected(
                f"expected at most {len(KIND_OF)} categories, found {len(self.categories)}"
            )

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of highlights asked for."""
        return frozenset(KIND_OF[each] for each in self.categories) or frozenset(KINDS)
