"""What single values look like, and what they are called where they are refused."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from v100_ai.events import TYPES as EVENTS
from v100_ai.session.settings import ADDRESS, LINE, PIX_FMT

Seconds = Annotated[float, Field(ge=0, le=31 * 86_400)]
"""A place on a session's axis."""

TYPES: Final = r"^([a-z_]+\.[a-z_]+(,[a-z_]+\.[a-z_]+)*)?$"
TYPE: Final = r"^[a-z_]+\.[a-z_]+$"
ID: Final = r"^[a-z]{3}_[0-9a-v]{26}$"
TEXT: Final = r"^[^\x00]*$"
EVENT_ID: Final = r"^(evt_[0-9a-v]{26})?$"
AFTER: Final = r"^(latest|[0-9]{1,15})$"

FORMS: Final[Mapping[str, str]] = {
    AFTER: "the number of an event, or latest",
    EVENT_ID: "the id of an event, such as evt_0123456789abcdefghijklmnop",
    ADDRESS: "an address such as anna@example.org",
    ID: "an id, such as mtg_0123456789abcdefghijklmnop",
    LINE: "text without control characters",
    PIX_FMT: "FFmpeg's name of a pixel format, such as yuv420p",
    TEXT: "text without NUL",
    TYPE: "a type of event, such as highlight.created",
    TYPES: "types of events with commas between them, such as highlight.created,session.ended",
}
"""What text of a pattern is called where it is refused."""


def _known(type: str) -> str:  # noqa: A002
    """A filter with a name that no event has would wait for ever."""
    if type not in EVENTS:
        near = get_close_matches(type, EVENTS, n=1, cutoff=0.0)
        raise ValueError(f"expected a type of event such as {near[0]}, found {type!r}")
    return type


def _all_known(types: str) -> str:
    for each in split(types):
        _known(each)
    return types


Types = Annotated[
    str, StringConstraints(max_length=1_000, pattern=TYPES), AfterValidator(_all_known)
]
"""Types of events with commas between them; none is all."""
Seq = Annotated[int, Field(ge=0, lt=1 << 53)]
"""The number of an event: no larger than what JavaScript counts to."""
Id = Annotated[str, StringConstraints(max_length=64, pattern=ID)]
Text = Annotated[str, StringConstraints(max_length=5_000, pattern=TEXT)]
Type = Annotated[str, StringConstraints(max_length=64, pattern=TYPE), AfterValidator(_known)]


ONE: Final = "[one]"
MANY: Final = "[many]"


def many(given: object) -> str:
    """A list is told by its own errors, not by those of what it is not."""
    return MANY if isinstance(given, list | tuple) else ONE


def split(types: str) -> tuple[str, ...]:
    """The types of events that are wanted, or none for all."""
    return tuple(filter(None, types.split(",")))
