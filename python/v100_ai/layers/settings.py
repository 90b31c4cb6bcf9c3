"""Settings of layers: plain frozen classes whose bounds are told once, to Python, to HTTP and to the documents.

They need no package beside the standard library, so that the client has them too.
"""

from collections.abc import Callable
from dataclasses import fields
from math import isfinite
from typing import Annotated, Any, Final, get_args, get_type_hints

from v100_ai.errors import SettingRejected

CLOSED: Final[dict[str, Any]] = {"extra": "forbid"}
"""As `__pydantic_config__` of a class: a misspelt field is told and not ignored."""


class Between:
    """Marks a number that lies from `low` to `high`; pydantic asks it for its schema."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], Any]) -> Any:
        return {**handler(core), "minimum": self.low, "maximum": self.high}


def check(settings: object) -> None:
    """Hold a class's numbers to their bounds; for `__post_init__`.

    Raises:
        SettingRejected: one of them lies outside.
    """
    hints = get_type_hints(type(settings), include_extras=True)
    for each in fields(settings):  # type: ignore[arg-type]  # it is a dataclass
        value = getattr(settings, each.name)
        for bound in _bounds(hints[each.name]):
            known = isinstance(value, int | float) and isfinite(value)
            if value is not None and not (known and bound.low <= value <= bound.high):
                raise SettingRejected(
                    f"expected {each.name} from {bound.low:g} to {bound.high:g}, found {value!r}"
                )


def _bounds(hint: Any) -> list[Between]:
    """The bounds in an annotation, or in one of its parts."""
    if hasattr(hint, "__metadata__"):
        return [each for each in hint.__metadata__ if isinstance(each, Between)]
    return [bound for part in get_args(hint) for bound in _bounds(part)]


Seconds = Annotated[float, Between(0.0, 3600.0)]
"""A time that lasts, up to an hour."""
