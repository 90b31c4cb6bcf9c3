"""A face's signals in, whether its region was altered out: limits, families, score and confidence. Pure.

It does not detect fully generated video, and never says that a person is genuine.
"""

from v100_ai.deepfake.judge import ALTERED_NOTE, Judge, Judgement, Measured, Named, Signal, State
from v100_ai.deepfake.settings import CERTAIN, NOTICE, SIGNALS, WHY, Family, Limit, Settings

__all__ = [
    "ALTERED_NOTE",
    "CERTAIN",
    "NOTICE",
    "SIGNALS",
    "WHY",
    "Family",
    "Judge",
    "Judgement",
    "Limit",
    "Measured",
    "Named",
    "Settings",
    "Signal",
    "State",
]
