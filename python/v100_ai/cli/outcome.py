"""How a command ended."""

from dataclasses import dataclass
from typing import Final

DONE: Final = 0
LOST: Final = 1
USAGE: Final = 2
DOUBTED: Final = 3
"""All was measured, and there are warnings, with --strict."""
UNWRITTEN: Final = 4
"""A file could not be written; what was measured is in the others, and on standard error."""
STOPPED: Final = 130
"""By the user's Ctrl-C, as shells count it."""
TERMINATED: Final = 143
"""By SIGTERM, as shells count it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exit status, and what to say about it on standard error."""

    status: int = DONE
    said: str = ""
    unheard: bool = False
    """Whether nobody reads what is written."""
