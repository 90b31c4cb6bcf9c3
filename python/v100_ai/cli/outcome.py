"""How a command ended."""

from dataclasses import dataclass
from typing import Final

DONE: Final = 0
LOST: Final = 1
USAGE: Final = 2
STOPPED: Final = 130
"""By the user's Ctrl-C, as shells count it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exit status, and what to say about it on standard error."""

    status: int = DONE
    said: str = ""
