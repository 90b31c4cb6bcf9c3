"""The half of `v100 analyze` that compares the input with a reference."""

import argparse
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Final

from v100_ai.analyzers import MODELS
from v100_ai.comparison import Scored, Settings
from v100_ai.comparison.scored import Comparison
from v100_ai.frames import Frame
from v100_ai.report.page import Against
from v100_ai.sources import Media, open_media
from v100_ai.sources.opening import STANDARD_INPUT
from v100_ai.sources.thumbnail import thumbnail

EDGE: Final = 640
"""The longer edge of pictures side by side, in pixels."""


class WrongWords(ValueError):
    """Options that say nothing together."""


@dataclass(slots=True)
class Compared:
    """The comparison on its way into the report."""

    comparison: Comparison
    told: Against

    def offer(self, scored: Scored) -> None:
        """A frame that may be among the worst."""
        reading, reference = scored.reading, scored.reference
        if reading is None or reference is None or reading.vmaf is None:
            return

        def pictures() -> tuple[bytes | None, bytes | None]:
            return _picture(reference), _picture(scored.distorted)

        self.told.worst.offer(scored.frame, scored.distorted.pts, reading.vmaf, pictures)

    def conclude(self) -> None:
        """What is known when the last frame is through."""
        self.told.alignment = self.comparison.alignment
        vmaf = self.comparison.summary().get("vmaf")
        self.told.harmonic_mean = None if vmaf is None else vmaf.harmonic_mean


def check(options: argparse.Namespace) -> None:
    """Raises `WrongWords` for what needs a reference without one, and for one pipe as both inputs."""
    if options.reference is None:
        words = ("model", "align", "scale_to", "threads")
        given = [word for word in words if getattr(options, word) is not None]
        if given:
            raise WrongWords(f"--{given[0].replace('_', '-')} needs --reference")
    elif options.reference == options.input == STANDARD_INPUT:
        raise WrongWords("expected one input on standard input, found two")


def opened(options: argparse.Namespace, media: Media, stack: ExitStack) -> Compared | None:
    """The comparison that is asked for, its reference open for as long as `stack`."""
    if options.reference is None:
        return None
    model = options.model or MODELS[0]
    settings = Settings(
        model=model,
        align=options.align or "pts",
        scale_to=options.scale_to,
        threads=options.threads or 1,
    )
    reference = stack.enter_context(open_media(options.reference))
    shown = islice(media.frames(), options.max_frames)
    name = "standard input" if options.reference == STANDARD_INPUT else reference.name
    return Compared(Comparison(reference.frames(), shown, settings), Against(name, model))


def _picture(frame: Frame) -> bytes | None:
    return thumbnail(frame, min(EDGE, max(frame.width, frame.height)))
