"""Editing by transcript: words of a source that go, stay or are corrected, and what is shown then."""

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
