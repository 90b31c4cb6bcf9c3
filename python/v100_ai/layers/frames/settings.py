"""What may be asked of the flags that look at frames: so far, only that they do; and the rules of their alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from v100_ai.alerts import DEFAULTS, Rule
from v100_ai.layers.settings import CLOSED

RULED: Final = frozenset({"quality_metrics", "visual"})
"""Flags whose readings have rules of their own, where none are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesSettings:
    """Settings of a flag that looks at frames."""

    __pydantic_config__: ClassVar = CLOSED


def rules(alerts: Sequence[Rule] | None, on: Sequence[str]) -> Sequence[Rule]:
    """The rules that are followed: those given, or `alerts.DEFAULTS` where none are; an empty list is none."""
    if alerts is None:
        return DEFAULTS if RULED & set(on) else ()
    return alerts
