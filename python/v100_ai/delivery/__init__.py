"""Webhooks that arrive: signed, tried again for three days, and sent nowhere but to the public Internet."""

from v100_ai.delivery.answer import REASONS, Answer, Reason
from v100_ai.delivery.counts import Counts
from v100_ai.delivery.dispatcher import Dispatcher, Limits
from v100_ai.delivery.outbox import Outbox
from v100_ai.delivery.schedule import DELAYS
from v100_ai.delivery.sender import Sender
from v100_ai.delivery.signing import headers, secret, usable

__all__ = [
    "DELAYS",
    "REASONS",
    "Answer",
    "Counts",
    "Dispatcher",
    "Limits",
    "Outbox",
    "Reason",
    "Sender",
    "headers",
    "secret",
    "usable",
]
