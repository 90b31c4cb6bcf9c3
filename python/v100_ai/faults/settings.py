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
    frozen: Limits = Limits(0.025, 0.25, 1.0)
    """Mean difference to the frame before, 8-bit codes. A held picture stays below 0.01 through H.264,
    H.265 and VP9 at usual qualities, once it is refined, and wavers by 0.022 through VP8 in real time; a camera's noise alone is at 0.3 and more, and 0.25 is
    what ffmpeg's freezedetect takes for still."""
    refined: float = 1.0
    """Codes that a held picture may change by in all while an encoder refines it: x265 takes four frames of
    0.18. What goes on to change, as a slow pan does, is soon beyond."""
    refining: float = 2.0
    """Seconds after which such a change counts a third."""
    still: float = 0.5
    """Share of a freeze's frames that are at its limit: the others are refined ones."""
    blocky: Limits = Limits(0.40, 0.25, 0.5)
    """Blockiness. Clips as phones and sites encode them stay below 0.31; MPEG-4 at its coarsest
    quantiser swings between 0.2 and 0.75."""
    blurred: Limits = Limits(0.45, 0.38, 0.5)
    """Blur. The same clips stay below 0.39; a Gaussian of four pixels, or a picture scaled up four
    times, reads 0.48 to 0.65."""
    cut: Limits = Limits(0.35, 0.20, 0.0)
    """Scene change. Motion within a scene stays near 0.1, cuts are above 0.5. It must fall back before
    another cut counts."""
    cut_gap: float = 0.2
    """Seconds between two cuts at least: a flash is one change, not two."""
