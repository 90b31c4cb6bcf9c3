"""The thresholds faults and cuts are decided by, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A value is at fault from `enter` until it is back at `leave`, if that takes `seconds` or more.

    Two limits, so that a value that wavers around one of them is one fault and not fifty. Where `leave`
    is above `enter`, low values are the faulty ones.
    """

    enter: float
    leave: float
    seconds: float

    def entered(self, value: float) -> bool:
        """Whether a fault begins."""
        return value >= self.enter if self.leave <= self.enter else value <= self.enter

    def left(self, value: float) -> bool:
        """Whether a fault is over."""
        return value < self.leave if self.leave <= self.enter else value > self.leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What counts as a fault, and what as a cut."""

    black: Limits = Limits(0.98, 0.90, 0.2)
    """Share of black blocks. A logo or a clock may stay; shorter than 0.2 s is an editor's dip."""
    frozen: Limits = Limits(0.01, 0.05, 1.0)
    """Mean difference to the frame before, 8-bit codes. Repeated frames are 0 before encoding, and some
    thousandths after it; a person who sits still is at 0.1 and more."""
    blocky: Limits = Limits(0.50, 0.35, 0.5)
    """Blockiness. Half of what the measure can be is seen by everyone."""
    blurred: Limits = Limits(0.80, 0.65, 0.5)
    """Blur. Below this, a shallow depth of field would be a fault."""
    cut: Limits = Limits(0.50, 0.30, 0.0)
    """Scene change. It must fall back before another cut counts."""
    cut_gap: float = 0.2
    """Seconds between two cuts at least: a flash is one change, not two."""
