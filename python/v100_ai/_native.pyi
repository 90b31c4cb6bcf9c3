"""The compiled half of v100_ai."""

from collections.abc import Sequence
from typing import final

from typing_extensions import Buffer

__all__ = [
    "Complexity",
    "FrameAnalyzer",
    "Motion",
    "MotionVectors",
    "Reading",
    "VectorField",
    "VectorSummary",
    "Visual",
    "cpu_level",
]

def cpu_level() -> str:
    """The instruction set the kernels run on: scalar, avx2 or avx512."""

@final
class FrameAnalyzer:
    """All layers over the frames of one stream, one crossing a frame, the interpreter's lock released."""

    def __new__(cls, layers: Sequence[str]) -> FrameAnalyzer:
        """ValueError names the layers that are unknown."""
    def push(
        self,
        format: str,
        width: int,
        height: int,
        planes: Sequence[tuple[Buffer, int]],
        pts: float,
    ) -> Reading:
        """Measure a frame, each plane given with its stride in bytes; a new shape starts afresh."""
    def reset(self) -> None:
        """Forget the frames before; they go on being counted."""

@final
class Reading:
    """What one frame measures; `None` where a layer is off or there is nothing to compare with."""

    @property
    def frame(self) -> int: ...
    @property
    def pts(self) -> float: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def motion_magnitude(self) -> float | None: ...
    @property
    def scene_complexity(self) -> float | None: ...
    @property
    def motion(self) -> Motion | None: ...
    @property
    def complexity(self) -> Complexity | None: ...
    @property
    def visual(self) -> Visual | None: ...

@final
class Motion:
    """How much and where to the picture moved since the frame before."""

    @property
    def magnitude(self) -> float | None: ...
    @property
    def difference(self) -> float | None: ...
    @property
    def vectors(self) -> VectorSummary | None: ...

@final
class VectorSummary:
    """The field of motion vectors in a few figures."""

    @property
    def mean_x(self) -> float: ...
    @property
    def mean_y(self) -> float: ...
    @property
    def mean_length(self) -> float: ...
    @property
    def residual(self) -> float: ...
    @property
    def confidence(self) -> float: ...
    @property
    def saturation(self) -> float: ...

@final
class Complexity:
    """How much there is to encode."""

    @property
    def scene(self) -> float | None: ...
    @property
    def spatial(self) -> float | None: ...
    @property
    def temporal(self) -> float | None: ...
    @property
    def si(self) -> float | None: ...
    @property
    def ti(self) -> float | None: ...

@final
class Visual:
    """How the picture looks, and the faults it may have."""

    @property
    def exposure(self) -> float: ...
    @property
    def contrast(self) -> float: ...
    @property
    def colourfulness(self) -> float | None: ...
    @property
    def sharpness_laplacian_variance(self) -> float: ...
    @property
    def blur(self) -> float | None: ...
    @property
    def blockiness(self) -> float: ...
    @property
    def black_ratio(self) -> float: ...
    @property
    def clipped_low(self) -> float: ...
    @property
    def clipped_high(self) -> float: ...
    @property
    def scene_change(self) -> float | None: ...

@final
class SiTi:
    """SI and TI of the frames of one stream."""

    def __new__(
        cls,
        mode: str,
        range: str,
        transfer: str,
        black: float | None = None,
        peak: float | None = None,
    ) -> SiTi:
        """ValueError names a word that is unknown, or a display that cannot be."""
    def push(self, luma: Buffer, stride: int, width: int, height: int, depth: int) -> SiTiReading:
        """Measure luma of `depth` bits, its rows `stride` bytes apart."""

@final
class SiTiReading:
    """SI and TI of one frame, of 0..255."""

    @property
    def si(self) -> float: ...
    @property
    def ti(self) -> float | None: ...

@final
class MotionVectors:
    """Finds motion vectors on frames reduced as every layer sees them."""

    def __new__(cls) -> MotionVectors: ...
    def search(
        self,
        last: Buffer,
        now: Buffer,
        strides: Sequence[int],
        size: Sequence[int],
    ) -> VectorField:
        """Search 8-bit luma of two frames of one width and height, each with its stride in bytes."""

@final
class VectorField:
    """The vectors of all blocks, row by row; the columns are 32-bit floats of the machine's order."""

    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def block(self) -> int: ...
    @property
    def dx(self) -> bytes: ...
    @property
    def dy(self) -> bytes: ...
    @property
    def residual(self) -> bytes: ...
    @property
    def confidence(self) -> bytes: ...
    @property
    def saturation(self) -> float: ...
