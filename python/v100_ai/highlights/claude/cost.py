"""What a meeting spends on Claude, and the most it may spend an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# US dollars a million tokens: input, output; a cached prefix is read at 1/10 and written at 5/4
# of input (2x when kept an hour). From the price pages of each model; a model not listed is
# counted as the dearest.
_PRICES = {"claude-haiku-5-5": (0.10, 0.50), "claude-haiku-4-5": (1.0, 5.0)}
_READ, _WRITE_5M, _WRITE_1H = 0.1, 1.25, 2.0
_MILLION = 1e6
_HOUR = 3600.0
# The cap of an hour is open from the start: a meeting may begin with its densest minutes.
_LEAST_HOURS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one reply, as the API counts them."""

    fresh: int = 0
    output: int = 0
    cache_read: int = 0
    cache_written_5m: int = 0
    cache_written_1h: int = 0

    @classmethod
    def of(cls, usage: object) -> "Usage":
        """From the reply's `usage`; what is missing or no count is 0."""
        written = getattr(usage, "cache_creation", None)
        return cls(
            fresh=_count(usage, "input_tokens"),
            output=_count(usage, "output_tokens"),
            cache_read=_count(usage, "cache_read_input_tokens"),
            cache_written_5m=_count(written, "ephemeral_5m_input_tokens"),
            cache_written_1h=_count(written, "ephemeral_1h_input_tokens"),
        )

    def dollars(self, model: str) -> float:
        """What the reply cost."""
        read, write = _PRICES.get(model, max(_PRICES.values()))
        inputs = (
            self.fresh
            + _READ * self.cache_read
            + _WRITE_5M * self.cache_written_5m
            + _WRITE_1H * self.cache_written_1h
        )
        return (read * inputs + write * self.output) / _MILLION


@dataclass(slots=True)
class Meter:
    """Counts the tokens of one meeting; `now` is seconds into the meeting."""

    model: str
    dollars_an_hour: float = 0.25
    dollars: float = 0.0
    calls: int = 0
    tokens: dict[str, int] = field(default_factory=lambda: {"input": 0, "cached": 0, "output": 0})

    def allows(self, now: float) -> bool:
        """Whether what was spent lies under the cap for the time that has passed."""
        return self.dollars < self.dollars_an_hour * max(_LEAST_HOURS, now / _HOUR)

    def add(self, usage: Usage) -> None:
        """Count one reply, used or not: it is billed either way."""
        self.calls += 1
        self.dollars += usage.dollars(self.model)
        self.tokens["input"] += usage.fresh + usage.cache_written_5m + usage.cache_written_1h
        self.tokens["cached"] += usage.cache_read
        self.tokens["output"] += usage.output


def written(meter: Meter) -> dict[str, Any]:
    """What was spent, as JSON."""
    return {"dollars": meter.dollars, "calls": meter.calls, "tokens": dict(meter.tokens)}


def restore(meter: Meter, spent: Mapping[str, Any]) -> None:
    """Go on from what `written` wrote: the cap is the meeting's, whoever holds it."""
    meter.dollars, meter.calls = spent["dollars"], spent["calls"]
    meter.tokens |= spent["tokens"]


def _count(holder: object, name: str) -> int:
    value = getattr(holder, name, None)
    return value if isinstance(value, int) and value > 0 else 0
