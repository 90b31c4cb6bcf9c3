"""Readings in, alerts out: rules with hysteresis on value and on time. Pure; time comes in."""

from v100_ai.alerts.defaults import DEFAULTS
from v100_ai.alerts.event import Alert, AlertOpened, AlertResolved, to_json
from v100_ai.alerts.rule import Rule
from v100_ai.alerts.rules import MOST_RULES, Rules

__all__ = [
    "DEFAULTS",
    "MOST_RULES",
    "Alert",
    "AlertOpened",
    "AlertResolved",
    "Rule",
    "Rules",
    "to_json",
]
