"""One question to Claude under one deadline: bounded attempts, nobody's retries but ours.

`send` is whatever posts a request and gives the SDK's reply; see `client`. The SDK's own timeout is
per attempt and per read, its retries honour any retry-after and some of its failures are not its
exceptions, so the deadline, the retries and the judgement of the reply are here.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio

from v100_ai.highlights.claude.cost import Usage

Send = Callable[[dict[str, Any]], Awaitable[object]]

DEADLINE = 2.5
ATTEMPTS = 3
_FIRST_PAUSE = 0.1
# 429 asks for patience; 529 and the other 5xx are the service's own trouble.
_SERVER = 500
_TRANSIENT = {408, 409, 429}
# A key that is refused, a bill that is due: minutes do not change it.
_REFUSED = {402, 404}
_KEY = {401, 403}
REFUSED_REST = 300.0
# What a service may ask for; longer waits are cut, and the breaker's trial finds out.
LONGEST_REST = 120.0


class NoAnswer(Exception):
    """No usable reply; `reason` in a word, `rest` the seconds for which asking again is pointless.

    `refused` says why no question of ours will be answered before the settings change.
    """

    def __init__(
        self,
        reason: str,
        *,
        rest: float | None = None,
        usage: Usage | None = None,
        refused: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.rest, self.usage, self.refused = reason, rest, usage, refused


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of an accepted reply and what it took."""

    text: str
    usage: Usage


@dataclass(slots=True)
class Call:
    """Asks until an answer is accepted, the attempts are used up or the deadline has passed."""

    send: Send
    deadline: float = DEADLINE
    attempts: int = ATTEMPTS
    jitter: Callable[[], float] = field(default=random.random)

    async def __call__(self, request: dict[str, Any]) -> Reply:
        """The reply.

        Raises:
            NoAnswer: there is none that may be used.
        """
        failure = NoAnswer("deadline")
        with anyio.move_on_after(self.deadline) as scope:
            for attempt in range(self.attempts):
                try:
                    return accepted(await self.send(request))
                except NoAnswer:
                    raise
                except Exception as error:  # the SDK lets through JSON, HTTP and type errors
                    failure, pause = _judged(error)
                    if pause is None:
                        raise failure from error
                    pause = max(pause, _FIRST_PAUSE * 2**attempt * (0.5 + self.jitter() / 2))
                    if (
                        anyio.current_time() + pause >= scope.deadline
                        or attempt + 1 == self.attempts
                    ):
                        raise failure from error
                await anyio.sleep(pause)
        raise failure


def accepted(message: object) -> Reply:
    """The text of a finished message.

    Raises:
        NoAnswer: it is no message, was cut short or refused, or has no text.
    """
    usage = Usage.of(getattr(message, "usage", None))
    blocks = getattr(message, "content", None)
    if (
        isinstance(message, str)
        or getattr(message, "type", None) != "message"
        or not isinstance(blocks, list)
    ):
        raise NoAnswer("not a message", usage=usage)
    stop = getattr(message, "stop_reason", None)
    if stop != "end_turn":
        raise NoAnswer(str(stop), usage=usage)
    texts = [
        text
        for block in blocks
        if getattr(block, "type", None) == "text"
        and isinstance(text := getattr(block, "text", None), str)
    ]
    if not texts:
        raise NoAnswer("no text", usage=usage)
    return Reply("".join(texts), usage)


def _judged(error: Exception) -> tuple[NoAnswer, float | None]:
    """What a failure means, and after how many seconds to try again; None: do not."""
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return NoAnswer(type(error).__name__), 0.0
    headers = getattr(getattr(error, "response", None), "headers", None)
    wait = retry_after(headers)
    if status in _KEY:
        why = f"the key was refused ({status})"
        return NoAnswer(f"status {status}", rest=REFUSED_REST, refused=why), None
    if status in _REFUSED:
        return NoAnswer(f"status {status}", rest=REFUSED_REST), None
    if status >= _SERVER or status in _TRANSIENT:
        rest = min(wait, LONGEST_REST) if wait > DEADLINE else None
        never = headers is not None and headers.get("x-should-retry") == "false"
        failure = NoAnswer(f"status {status}", rest=LONGEST_REST if never else rest)
        return failure, None if never else wait
    # 200: the stream itself reported an error. 4xx: the request is at fault, the next one may not be.
    return NoAnswer(f"status {status}"), None


def retry_after(headers: Mapping[str, str] | None) -> float:
    """The seconds a reply asks to wait; 0 when it does not say, or not in seconds."""
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        value = headers.get(name) if headers is not None else None
        try:
            seconds = float(value) * unit if value is not None else -1.0
        except ValueError:
            continue
        if 0.0 <= seconds < float("inf"):
            return seconds
    return 0.0
