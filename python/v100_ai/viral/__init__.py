"""What makes people watch and share: six factors of a moment, each with its reasons, and the score they add up to.

A ranking signal from content, not a promise: account, audience and platform are not modelled.
"""

from v100_ai.viral.moment import Factor, Moment, Reason
from v100_ai.viral.scorer import ViralScorer, scored
from v100_ai.viral.sentence import hook, quotability
from v100_ai.viral.table import Table

__all__ = ["Factor", "Moment", "Reason", "Table", "ViralScorer", "hook", "quotability", "scored"]
