"""Tracks of a room that are decoded: whatever is missing, a key frame is asked for until it comes."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from v100_ai.hub.tap_tracks import ASK, TapTracks
from v100_ai.rooms import Frame
from v100_ai.worker import Stats
from v100_ai.worker.encoded import EncodedFrame


@dataclass
class Place:
    """A room of one camera, a decoder that takes as much as is said, and a clock."""

    now: float = 100.0
    full: bool = False
    left: list[Frame] = field(default_factory=list)
    taken: list[EncodedFrame] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        room = SimpleNamespace(
            tracks={1: ("alice", "video")},
            unlevelled=set(),
            frames=self._frames,
            key=lambda number: self.asked.append(self.now),
        )
        self.tracks = TapTracks(cast(Any, room), lambda: self.now)
        self.decoder = cast(Any, SimpleNamespace(room=True, offer=self._offer))
        numbered = SimpleNamespace(numbered=lambda who: 0)
        self.session = cast(
            Any, SimpleNamespace(clock=lambda: self.now, tracks=numbered, takes=lambda kind: True)
        )

    def _frames(self) -> list[Frame]:
        found, self.left = self.left, []
        return found

    def _offer(self, frame: EncodedFrame) -> bool:
        if self.full:
            return False
        self.taken.append(frame)
        return True

    def send(self, *, key: bool = False) -> None:
        """One frame, and a look."""
        self.sent += 1
        self.now += 0.04
        at = self.sent * 3600
        frame = Frame("alice", "video", 1, "vp8", at, key=key, gap=False, data=b"x", age=0.0)
        self.left.append(frame)
        self.tracks.offer(self.decoder, self.session)


def test_a_track_whose_key_frame_passed_unseen_is_asked_for_one_until_it_comes():
    place = Place()
    for _ in range(120):
        place.send()
    assert not place.taken
    assert len(place.asked) == int(120 * 0.04 / ASK) + 1
    place.send(key=True)
    place.send()
    assert [each.key for each in place.taken] == [True, False]
    before = len(place.asked)
    for _ in range(120):
        place.send()
    assert len(place.asked) == before


def test_a_full_decoder_drops_up_to_the_next_key_frame_and_counts():
    place = Place()
    place.send(key=True)
    place.full = True
    place.send()
    place.full = False
    place.send()
    place.send(key=True)
    assert [each.key for each in place.taken] == [True, True]
    assert place.taken[-1].gap
    assert place.tracks.dropped == 2
    assert place.asked


def test_damage_that_is_told_leads_to_a_key_frame_though_one_was_asked_for_just_now():
    place = Place()
    place.send(key=True)
    track = place.tracks.tracks[1]
    for damaged in (1, 2):
        place.tracks.told(1, track, Stats(decoded=1, damaged=damaged))
    assert len(place.asked) == 1
    for _ in range(60):
        place.send()
    assert len(place.asked) == 2
    assert len(place.taken) == 1
    told = place.tracks.told(1, track, replace(Stats(), decoded=1, damaged=2))
    assert told == {"decoded": 1, "analysed": 0, "dropped": 60, "damaged": 2}
