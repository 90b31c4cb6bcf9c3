"""Taps: frames that are pushed in process, by track; each measured on a thread of its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from v100_ai.layers.inputs import Frames

if TYPE_CHECKING:
    from v100_ai.session.pushed import Pushed


@dataclass(slots=True)
class Taps:
    """Made when the first frame of a track comes. `numbered` is how many frames of it earlier runs have told of."""

    pixels: tuple[str, ...]
    numbered: Callable[[str | None], int]
    tracks: dict[str | None, "Pushed"] = field(default_factory=dict[str | None, "Pushed"])

    def __bool__(self) -> bool:
        return bool(self.tracks)

    def offer(self, picture: object, pts: float, track: str | None) -> bool:
        """Lend a frame, from any thread. Raises `FrameRejected`."""
        pushed = self.tracks.get(track)
        if pushed is None:
            from v100_ai.session.pushed import Pushed  # noqa: PLC0415  # numpy and PyAV, for who pushes

            # Two threads may bring a track's first frames at once.
            made = Pushed(self.pixels, self.numbered(track))
            pushed = self.tracks.setdefault(track, made)
            if pushed is not made:
                made.close()
        return pushed.tap.offer(picture, pts)

    def collect(self) -> Iterator[Frames]:
        """What was measured since."""
        for track, pushed in tuple(self.tracks.items()):
            for columns, found in pushed.collect():
                yield Frames(columns, found, track)

    def close(self) -> list[Frames]:
        """Measure what waits, and end; takes a while."""
        return [
            Frames(columns, found, track)
            for track, pushed in tuple(self.tracks.items())
            for columns, found in pushed.close()
        ]

    @property
    def counts(self) -> Mapping[str, int]:
        """What became of all frames."""
        each = [pushed.counts for pushed in self.tracks.values()]
        return {name: sum(one[name] for one in each) for name in each[0]} if each else {}
