"""The circuit before Claude: a service that keeps failing is left alone for a while, one that refuses the key for good."""

from dataclasses import dataclass

from v100_ai.retry import Circuit


@dataclass(slots=True)
class Breaker(Circuit):
    """Opens after three failures in a row; then one trial each half a minute until one succeeds."""

    failures: int = 3
    rest: float = 30.0
    longest: float = 30.0
    refused: str | None = None
    """Why nothing is asked any more, until the settings change."""

    def takes(self, now: float) -> bool:
        """Whether a call may be made; while open, each yes is the one trial of its rest."""
        return self.refused is None and Circuit.takes(self, now)

    def refuse(self, why: str) -> bool:
        """Ask nothing any more; whether that is news."""
        news, self.refused = self.refused is None, why
        return news
