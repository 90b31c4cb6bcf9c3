"""Alignment: how two inputs lie to each other in time."""

from dataclasses import dataclass

from v100_ai import analyzers


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """What became of the distorted frames; those without a pair are not scored."""

    paired: int = 0
    unpaired: int = 0
    """Distorted frames without a reference frame of their own."""
    duplicated: int = 0
    """Distorted frames that repeat the one before where something new was due."""
    dropped: int = 0
    """Reference frames that were due and did not come."""
    retimed: int = 0
    """Times at which the offset jumped."""
    offset_seconds: float | None = None
    """Reference minus distorted time; `None` where frames were paired by their number."""
    offset_frames: float | None = None
    """The same in frames of the reference."""
    confidence: float | None = None
    """How much better the pairs fit than the next best choice, 0 to 1; near 0 for stills, where times
    alone decide. `None` where frames were paired by their number."""

    def after(self, before: "Alignment") -> "Alignment":
        """Both stretches as one: how the later one lies, and what became of all frames."""
        frames = before.paired + before.duplicated, self.paired + self.duplicated
        known = [
            (each.confidence, weight)
            for each, weight in zip((before, self), frames, strict=True)
            if each.confidence is not None and weight
        ]
        weight = sum(weight for _, weight in known)
        last = self if self.offset_seconds is not None else before
        return Alignment(
            paired=before.paired + self.paired,
            unpaired=before.unpaired + self.unpaired,
            duplicated=before.duplicated + self.duplicated,
            dropped=before.dropped + self.dropped,
            retimed=before.retimed + self.retimed,
            offset_seconds=last.offset_seconds,
            offset_frames=last.offset_frames,
            confidence=sum(each * share for each, share in known) / weight if weight else None,
        )


def alignment_from(found: analyzers.Alignment, later: float) -> Alignment:
    """What the aligner found, whose reference times had `later` seconds added."""
    seconds = found.offset_seconds - later
    frames: float | None = found.offset_frames
    if later:
        frame = found.offset_seconds / found.offset_frames if found.offset_frames else None
        frames = None if frame is None else seconds / frame
    return Alignment(
        paired=found.paired,
        unpaired=found.unpaired,
        duplicated=found.duplicated,
        dropped=found.dropped,
        retimed=found.retimed,
        offset_seconds=seconds,
        offset_frames=frames,
        confidence=found.confidence,
    )
