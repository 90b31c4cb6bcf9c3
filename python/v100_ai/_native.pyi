"""The compiled half of v100_ai."""

from typing import ClassVar, Self, final

def cpu_level() -> str:
    """The instruction set the kernels run on: scalar, avx2 or avx512."""

@final
class FloorChange:
    """Somebody else holds the floor, or nobody does."""

    @property
    def at(self) -> float:
        """When it was decided, seconds."""
    @property
    def previous(self) -> str | None:
        """Who held it when last told."""
    @property
    def current(self) -> str | None:
        """Who holds it now."""
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class FloorTracker:
    """Follows the floor of one meeting."""

    def __new__(cls, **settings: float) -> Self: ...
    def push(
        self, participant: str, *, at: float, level: float, media: float | None = None
    ) -> None: ...
    def poll(self, *, at: float) -> FloorChange | None: ...
    def leave(self, participant: str) -> bool: ...
    def mute(self, participant: str) -> None: ...
    def unmute(self, participant: str) -> None: ...
    @property
    def current(self) -> str | None: ...
    @property
    def talking(self) -> frozenset[str]: ...
    @property
    def settings(self) -> dict[str, float]: ...

def audio_levels(samples: object, rate: int) -> list[float]:
    """The RFC 6464 level of every whole 20 ms of mono int16 or float32 samples, dBov."""
