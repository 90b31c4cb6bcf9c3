"""Event: what all events have in common: a type, an audience, and one form as JSON that follows from their fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from v100_ai.events import fields
from v100_ai.records import Draft, Json

Audience = Literal["session", "host", "administrators"]
"""Who an event is for: everybody in the session, its hosts, or whoever administers the service."""

Role = Literal["participant", "host", "administrator"]
"""What somebody is who reads events."""

SEEN: Final[Mapping[Role, frozenset[Audience]]] = {
    "participant": frozenset({"session"}),
    "host": frozenset({"session", "host"}),
    "administrator": frozenset({"session", "host", "administrators"}),
}
"""What each may see."""


class _Infinite:
    """Marks a number that may be infinite; pydantic asks it for its schema."""

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], Any]) -> Any:
        return {"anyOf": [handler(core), {"enum": ["inf", "-inf"], "type": "string"}]}


Reading = Annotated[float, _Infinite()]
"""A value that was read; JSON has no infinity, it is written as "inf"."""

Value = int | float | str | None
"""One reading as JSON has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a session says. Times are seconds on the session's own axis.

    A class of its own for each type; its fields are the `data` of the envelope.
    """

    type: ClassVar[str]
    audience: ClassVar[Audience] = "session"

    def to_json(self) -> dict[str, Any]:
        """The event as the `data` of its envelope."""
        return fields.to_json(self)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The event that `to_json` wrote; what a later version added is passed over.

        Raises:
            ValueError: a field is missing, or not of its kind.
        """
        found: Self = fields.from_json(cls, data)
        return found

    def draft(self) -> Draft:
        """The event as the log takes it."""
        return Draft(type=self.type, data=self.to_json())
