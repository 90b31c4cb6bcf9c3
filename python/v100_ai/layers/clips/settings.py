"""What may be asked of clips."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from v100_ai.errors import SettingRejected
from v100_ai.layers.settings import CLOSED, Between, check

Aspect = Literal["9:16", "4:5", "1:1", "16:9", "source"]

RECORDED: Final = "recorded"
"""The folder of a session's own packets, in that of its clips."""

LENGTHS: Final = 2
MOST_ASPECTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsSettings:
    """Settings of the flag `clips`.

    Attributes:
        auto: whether moments that rank high become clips by themselves; needs `viral_scoring`.
        count: clips of one session at most, by themselves.
        seconds: how long a clip is at least and at most.
        aspects: the shapes of each clip.
        captions: whether words are burned in.
        loudness: LUFS that the sound is brought to; null leaves it.
        keep_minutes: of a live source's own packets that are kept on the disk, to make clips of.
        keep_mib: MiB of them at most.
    """

    __pydantic_config__: ClassVar = CLOSED

    auto: bool = True
    count: Annotated[int, Between(0, 200)] = 20
    seconds: tuple[float, ...] = (15.0, 45.0)
    aspects: tuple[Aspect, ...] = ("9:16",)
    captions: bool = True
    loudness: Annotated[float, Between(-40.0, -5.0)] | None = -14.0
    keep_minutes: Annotated[float, Between(1.0, 240.0)] = 10.0
    keep_mib: Annotated[int, Between(50, 100_000)] = 2000

    def __post_init__(self) -> None:
        check(self)
        found = self.seconds
        if len(found) != LENGTHS or not 1.0 <= found[0] <= found[1] <= 600.0:  # noqa: PLR2004  # ten minutes
            raise SettingRejected(f"expected seconds from 1 to 600, least and most, found {found}")
        if not 0 < len(self.aspects) <= MOST_ASPECTS:
            raise SettingRejected(
                f"expected 1 to {MOST_ASPECTS} aspects, found {len(self.aspects)}"
            )
