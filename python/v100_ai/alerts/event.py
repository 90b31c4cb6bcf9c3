"""What a rule has to say: an alert opened, or it is resolved."""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOpened:
    """A reading was bad for as long as its rule says.

    Attributes:
        rule: the rule's name.
        incident: this alert, unique in its session; its resolution has the same.
        reading: what was read.
        value: what it was last.
        limit: from where on it is bad.
        start: seconds, when it began to be bad.
        at: seconds, when that was decided.
    """

    kind: ClassVar = "alert.opened"

    rule: str
    incident: str
    reading: str
    value: float
    limit: float
    start: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved:
    """An alert is over.

    Attributes:
        rule: the rule's name.
        incident: the alert that opened.
        reading: what was read.
        value: what it was last; None if the rule is gone.
        worst: the worst value while it lasted.
        start: seconds, when it began to be bad.
        end: seconds, when it began to be good.
        at: seconds, when that was decided.
        reason: the reading recovered, or the rule was removed.
    """

    kind: ClassVar = "alert.resolved"

    rule: str
    incident: str
    reading: str
    value: float | None
    worst: float
    start: float
    end: float
    at: float
    reason: Literal["recovered", "removed"] = "recovered"


Alert = AlertOpened | AlertResolved


def to_json(alert: Alert) -> dict[str, Any]:
    """The alert as the `data` of its event; JSON has no infinity, it is written as "inf"."""
    return {name: plain(value) for name, value in asdict(alert).items()}


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value
