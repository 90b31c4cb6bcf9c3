"""Claude as an operator watches it: what it costs, and whether its key is refused, which no session can mend."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from v100_ai.highlights.claude.call import NoAnswer, Reply
from v100_ai.highlights.claude.cost import Usage
from v100_ai.highlights.claude.judge import Ask

REFUSED: Final = {
    "status 401": "the key was refused (401)",
    "status 402": "a bill is due (402)",
    "status 403": "the key may not do this (403)",
    "status 404": "there is no such model, or not for this key (404)",
}
"""Answers that mean the setting is wrong, not the hour."""

log = structlog.get_logger("v100_ai.layers")


@dataclass(slots=True)
class Watched:
    """Asks, and keeps what an operator has to know; one line when refusals begin, one when they end."""

    ask: Ask
    model: str
    dollars: float = 0.0
    calls: int = 0
    """Replies, used or not."""
    failures: dict[str, int] = field(default_factory=dict[str, int])
    """Questions without an answer, by reason."""
    refused: str | None = None
    """Why the service will not serve us, if it said so."""
    changed: Callable[[str | None], None] = lambda _: None
    """Told when it begins to refuse, and with None when it serves again."""

    async def __call__(self, request: dict[str, Any]) -> Reply:
        """The reply. Raises `NoAnswer`."""
        try:
            reply = await self.ask(request)
        except NoAnswer as none:
            self._spent(none.usage)
            self.failures[none.reason] = self.failures.get(none.reason, 0) + 1
            self._failed(REFUSED.get(none.reason))
            raise
        self._spent(reply.usage)
        if self.refused is not None:
            log.warning("model.back", reason=self.refused, model=self.model)
            self.refused = None
            self.changed(None)
        return reply

    def _failed(self, why: str | None) -> None:
        if why is not None and self.refused is None:
            self.refused = why
            self.changed(why)
            log.error("model.refused", reason=why, model=self.model, instead="the rules")

    def _spent(self, usage: Usage | None) -> None:
        if usage is not None:
            self.calls += 1
            self.dollars += usage.dollars(self.model)
