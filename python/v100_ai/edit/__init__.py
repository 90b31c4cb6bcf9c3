"""Editing by transcript: words of a source that go, stay or are corrected, and what is shown then. Pure.

`v100_ai.edit(...)` is `v100_ai.clips.editing.edit`: the room and what it is asked for most have one name.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from v100_ai.edit.operations import (
    CutRange,
    CutWords,
    Edit,
    FixText,
    KeepWords,
    Operation,
    ShortenPauses,
)
from v100_ai.edit.plan import Piece, Placed, Plan, plan

__all__ = [
    "CutRange",
    "CutWords",
    "Edit",
    "FixText",
    "KeepWords",
    "Operation",
    "Piece",
    "Placed",
    "Plan",
    "ShortenPauses",
    "plan",
]


class _Room(ModuleType):
    """This module, which can be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Rendering stands above this room: it is looked for when it is called, and not by it.
        return import_module("v100_ai.clips.editing").edit(*args, **kwargs)


sys.modules[__name__].__class__ = _Room
