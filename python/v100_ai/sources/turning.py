"""Pictures as they are shown: turned by their display matrix, and their fields apart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import atan2, degrees, hypot
from typing import Any, Final

import av
from av.filter import Graph
from av.sidedata.sidedata import Type

Chain = tuple[tuple[str, str], ...]
"""Names of filters and their arguments, in order."""

UPRIGHT: Final[Chain] = ()

PIECES: Final = 9
"""Numbers of a display matrix."""


def turning(picture: av.VideoFrame) -> Chain:
    """The filters that bring a picture upright, as FFmpeg's own programs choose them."""
    matrix = _matrix(picture)
    if matrix is None:
        return UPRIGHT
    return _chosen(matrix)


def rotation(picture: av.VideoFrame) -> int:
    """Degrees clockwise that the picture is turned by before it is shown: 0, 90, 180 or 270."""
    matrix = _matrix(picture)
    return 0 if matrix is None else round(_angle(matrix) / 90) % 4 * 90


def _matrix(picture: av.VideoFrame) -> list[int] | None:
    # PyAV's stubs take the keys for the names of a mapping.
    kept: Any = picture.side_data
    for found in kept.keys():  # noqa: SIM118 - iterating gives numbers
        if found.type is Type.DISPLAYMATRIX:
            matrix = list(memoryview(found).cast("B").cast("i"))[:PIECES]
            return matrix if len(matrix) == PIECES else None
    return None


def _angle(matrix: list[int]) -> float:
    """Clockwise degrees from 0 to 360, as ffmpeg's `get_rotation` tells them."""
    across, down = hypot(matrix[0], matrix[3]), hypot(matrix[1], matrix[4])
    if not across or not down:
        return 0.0
    return degrees(atan2(matrix[1] / down, matrix[0] / across)) % 360


def _chosen(matrix: list[int]) -> Chain:
    quarter = round(_angle(matrix) / 90) % 4
    if quarter == 1:
        return (("transpose", "cclock_flip" if matrix[3] > 0 else "clock"),)
    if quarter == 3:  # noqa: PLR2004 - quarters
        return (("transpose", "clock_flip" if matrix[3] < 0 else "cclock"),)
    flips = list[tuple[str, str]]()
    if quarter == 2 and matrix[0] < 0:  # noqa: PLR2004 - quarters
        flips.append(("hflip", ""))
    if matrix[4] < 0:
        flips.append(("vflip", ""))
    return tuple(flips)


@dataclass(slots=True)
class Filters:
    """A chain of FFmpeg's filters; set up anew where pictures of another shape come."""

    _graph: Graph | None = None
    _shape: object = None

    def push(self, picture: av.VideoFrame, chain: Chain) -> Iterator[av.VideoFrame]:
        """What comes out when this goes in."""
        shape = (picture.width, picture.height, picture.format.name, picture.time_base, chain)
        if shape != self._shape:
            yield from self.flush()
            self._graph, self._shape = _built(picture, chain), shape
        assert self._graph is not None  # noqa: S101 - built above
        self._graph.vpush(picture)
        yield from self._pulled()

    def flush(self) -> Iterator[av.VideoFrame]:
        """What is still inside."""
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._pulled()
            self._graph = self._shape = None

    def _pulled(self) -> Iterator[av.VideoFrame]:
        while self._graph is not None:
            try:
                yield self._graph.vpull()
            except (BlockingIOError, EOFError):
                return


def _built(picture: av.VideoFrame, chain: Chain) -> Graph:
    graph = Graph()
    nodes = [
        graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base,
        )
    ]
    nodes += [graph.add(name, arguments or None) for name, arguments in chain]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    return graph


FIELDS: Final[Chain] = (("bwdif", "mode=send_field:parity=auto:deint=interlaced"),)
"""Each field as a frame, of pictures that say they are interlaced."""


@dataclass(slots=True)
class Shown:
    """Pictures as they are shown."""

    deinterlace: bool = False
    _fields: Filters = field(default_factory=Filters)
    _turned: Filters = field(default_factory=Filters)

    def pictures(self, decoded: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Upright, and field by field where that is asked for."""
        for picture in self._apart(decoded) if self.deinterlace else decoded:
            chain = turning(picture)
            if chain:
                yield from self._turned.push(picture, chain)
            else:
                yield picture

    def _apart(self, decoded: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for picture in decoded:
            yield from self._fields.push(picture, FIELDS)
        yield from self._fields.flush()
