"""Readings in, alerts out: rules with hysteresis on value and on time. Pure; time comes in."""

from v100_ai.alerts.defaults import DEFAULTS
from v100_ai.alerts.rule import Rule
from v100_ai.alerts.rules import MOST_RULES, Rules
from v100_ai.alerts.watch import Alert

__all__ = [
    "DEFAULTS",
    "MOST_RULES",
    "Alert",
    "Rule",
    "Rules",
]
