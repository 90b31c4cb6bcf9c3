"""Lane: what a report knows of one layer."""

from collections.abc import Callable, Mapping
from typing import Any

from v100_ai.events import Event
from v100_ai.records import Json

Takes = Mapping[type[Event], Callable[[Json], None]]
"""What is done with the data of each class of event. It may hold anything: read it with `report.entry`."""


class Lane:
    """Fills from events in bounded memory, and says what it found."""

    omitted: int = 0
    """What found no place."""

    @property
    def takes(self) -> Takes:
        """What is done with each class of event."""
        raise NotImplementedError

    def cut(self, at: float) -> None:
        """Another process goes on with the session: what was open ended with the last one's time."""

    def document(self, names: Callable[[str], str], end: float) -> dict[str, Any]:
        """The lane's parts of the report, by name.

        `names` is what participants are called; spans that are open end at `end`.
        """
        raise NotImplementedError
