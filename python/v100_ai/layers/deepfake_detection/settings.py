"""What may be asked of deepfake detection: from which score on, for how long, and who is told."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from v100_ai.deepfake import SIGNALS
from v100_ai.errors import SettingRejected
from v100_ai.layers.settings import CLOSED, Between, Seconds, check

Share = Annotated[float, Between(0.0, 1.0)]

Warn = Literal["host", "everyone", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What `v100 tune deepfake` found on streams of one's own; its file holds these.

    Attributes:
        threshold: the score that so few streams reach.
        streams: how many were measured.
        hours: how long they were together.
        alpha: the share of streams of ten minutes that may reach the threshold.
    """

    __pydantic_config__: ClassVar = CLOSED

    threshold: Share
    streams: Annotated[int, Between(1, 1_000_000)]
    hours: Annotated[float, Between(0.0, 1_000_000.0)]
    alpha: Share

    def __post_init__(self) -> None:
        """Hold numbers to their bounds."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepfakeDetectionSettings:
    """Settings of the flag `deepfake_detection`.

    Attributes:
        threshold: the score from which on a face is altered; left out, that of the calibration, or 0.5.
        hold_seconds: how long the score must stay there before anybody is told.
        warn: who is told: the host alone, everyone, or nobody: then the score is in `frame.analysis` and nothing else.
        everyone_from: the score from which on everyone is told though `warn` says the host; 1 for never.
        signals: of which signals a flag may come; all where none are given.
        calibration: what `v100 tune deepfake` found.
    """

    __pydantic_config__: ClassVar = CLOSED

    threshold: Share | None = None
    hold_seconds: Seconds = 6.0
    warn: Warn = "host"
    everyone_from: Share = 1.0
    signals: tuple[str, ...] = ()
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        """Hold numbers to their bounds and names to those there are."""
        check(self)
        unknown = [each for each in self.signals if each not in SIGNALS]
        if unknown:
            raise SettingRejected(
                f"expected signals of {', '.join(SIGNALS)}, found {', '.join(unknown)}"
            )

    @property
    def limit(self) -> float:
        """The score from which on a face is altered."""
        if self.threshold is not None:
            return self.threshold
        return 0.5 if self.calibration is None else self.calibration.threshold
