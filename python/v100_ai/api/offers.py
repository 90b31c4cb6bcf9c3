"""How many offers one caller and one address may make: an answer costs milliseconds of a signature and a parse."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from v100_ai import clock
from v100_ai.api.authentication import Caller
from v100_ai.api.problems import Problem

MINUTE: Final = 60.0
A_MINUTE_EACH: Final = 10
"""Of one token or key and participant."""
A_MINUTE_FROM: Final = 60
"""From one address."""
REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Offers:
    """Counts offers; those who make too many are told when to come again."""

    monotonic: Callable[[], float] = clock.monotonic
    each: int = A_MINUTE_EACH
    address: int = A_MINUTE_FROM
    _left: OrderedDict[str, tuple[float, float]] = field(
        default_factory=OrderedDict[str, tuple[float, float]]
    )

    def take(self, caller: Caller, request: Request) -> None:
        """Count one. Raises `Problem`."""
        who = request.query_params.get("participant") or caller.participant or request.url.path
        self._take(f"who {caller.tenant} {caller.session} {caller.digest} {who}", self.each)
        client = request.client.host if request.client is not None else ""
        self._take(f"from {client}", self.address)

    def _take(self, key: str, most: int) -> None:
        now = self.monotonic()
        left, at = self._left.pop(key, (float(most), now))
        left = min(float(most), left + (now - at) * most / MINUTE)
        refused = left < 1
        self._left[key] = (left if refused else left - 1, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        if refused:
            wait = {"retry-after": str(int(MINUTE / most) + 1)}
            detail = f"expected at most {most} offers a minute, found more"
            raise Problem(429, "too_many", detail, headers=wait)
