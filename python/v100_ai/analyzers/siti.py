"""SiTi: spatial and temporal information of ITU-T P.910."""

from typing import Final, Literal

from v100_ai._native import SiTi as _SiTi, SiTiReading
from v100_ai.errors import FrameRejected
from v100_ai.frames.door import frame_from
from v100_ai.frames.formats import FORMATS

__all__ = ["SiTi", "SiTiReading"]

Edition = Literal["legacy", "p910-2022"]
EDITIONS: Final = ("legacy", "p910-2022")
Range = Literal["limited", "full"]
Transfer = Literal["bt1886", "srgb", "pq", "hlg", "hlg-bt2100"]


class SiTi:
    """SI and TI of the frames of one stream, exactly as P.910 defines them.

    SI is the standard deviation of the Sobel gradient's magnitude, TI that of the difference to the frame
    before (`None` for the first). The editions are on different scales: `legacy` (before 07/2022) takes
    luma as it is coded, `p910-2022` (07/2022 and 10/2023) as it is seen on a display between `black`
    and `peak` cd/m2. Both bring 8 to 16 bits to 0..255. Aggregate over time by the mean in the newer
    edition, by the maximum in the older.
    """

    def __init__(
        self,
        *,
        mode: Edition = "p910-2022",
        range: Range = "limited",  # noqa: A002 - the field's word
        transfer: Transfer = "bt1886",
        black: float | None = None,
        peak: float | None = None,
    ) -> None:
        """`black` and `peak` are 0.1 and 300 for standard, 0.01 and 1000 for high dynamic range."""
        self._native = _SiTi(mode, range, transfer, black, peak)

    def push(self, picture: object, *, bits: int | None = None) -> SiTiReading:
        """SI and TI of a picture, given as to `FrameAnalyzer.push`.

        Raises `FrameRejected`, with what was expected and what was found.
        """
        frame = frame_from(picture, 0.0, bits=bits)
        luma = frame.planes[0]
        depth = FORMATS[frame.format].depth
        try:
            return self._native.push(luma.data, luma.stride, frame.width, frame.height, depth)
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused
