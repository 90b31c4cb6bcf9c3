"""Pictures of a plan: the source's frames on the grid, each as often as it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import av

from v100_ai.clips.render.grid import frame_at
from v100_ai.clips.render.source import FAR_S, Source
from v100_ai.edit import Piece
from v100_ai.errors import SourceLost
from v100_ai.sources.words import reason


@dataclass(slots=True)
class Pictures:
    """Decodes a source forward; asked for frames of the grid in order, it seeks where that is cheaper."""

    source: Source
    rate: Fraction
    _decoded: Iterator[tuple[int, av.VideoFrame]] = field(init=False)
    _shown: tuple[int, av.VideoFrame] | None = None
    _next: tuple[int, av.VideoFrame] | None = None

    def __post_init__(self) -> None:
        self._decoded = self._decode()

    def of(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, av.VideoFrame]]:
        """Each frame of the output: its place on the source's grid, and the picture that is shown there.

        That is the last one at or before it; the first of all where the source begins later. Raises `SourceLost`
        where the source ends before a piece begins.
        """
        for piece in pieces:
            self._go(piece.first)
            for place in range(piece.first, piece.last):
                picture = self._at(place)
                if picture is None:
                    seconds = float(place / self.rate)
                    raise SourceLost(self.source.media.name, f"no picture at {seconds:.2f} s")
                yield place, picture

    def _at(self, place: int) -> av.VideoFrame | None:
        shown, after = self._shown, self._next or next(self._decoded, None)
        while after is not None and (shown is None or after[0] <= place):
            shown, after = after, next(self._decoded, None)
        self._shown, self._next = shown, after
        return None if shown is None else shown[1]

    def _go(self, place: int) -> None:
        reached = -1 if self._shown is None else self._shown[0]
        if reached <= place < reached + FAR_S * self.rate:
            return
        if place < reached or self.source.media.indexed:
            self._seek(float(place / self.rate))
            first = self._next = next(self._decoded, None)
            if first is None or first[0] > place:
                # An index that leads past the place, or none at all: read from the start.
                self._seek(0.0)

    def _seek(self, seconds: float) -> None:
        self.source.seek(seconds, self.source.video)
        self._shown = self._next = None
        self._decoded = self._decode()

    def _decode(self) -> Iterator[tuple[int, av.VideoFrame]]:
        last = -1
        for picture in decoded(self.source):
            at = None if picture.pts is None else picture.time
            last = last + 1 if at is None else frame_at(at - self.source.zero, self.rate)
            yield last, picture


def decoded(source: Source) -> Iterator[av.VideoFrame]:
    """The source's pictures from where it stands; what is damaged is stepped over. Raises `SourceLost`."""
    try:
        for packet in source.media.container.demux(source.video):
            try:
                pictures = packet.decode()
            except MemoryError:
                raise
            except av.FFmpegError:
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    yield picture
    except MemoryError:
        raise
    except (av.FFmpegError, OSError) as lost:
        raise SourceLost(source.media.name, reason(lost)) from lost
