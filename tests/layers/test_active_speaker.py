"""The floor of a session: levels in whatever order and form they come."""

from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, strategies as st

from v100_ai.director import (
    Box,
    CameraZoom,
    LayoutChanged,
    SpeakerChanged,
    TalkStarted,
    TalkStopped,
)
from v100_ai.errors import AudioRejected
from v100_ai.events import Event
from v100_ai.layers.active_speaker.layer import QUIET, ActiveSpeakerLayer
from v100_ai.layers.active_speaker.reordering import LONGEST, Reordering
from v100_ai.layers.active_speaker.settings import ActiveSpeakerSettings
from v100_ai.layers.inputs import Face, Joined, Left, Level, Levels, Muted, Past
from v100_ai.session.sound import SoundBlocks

E = TypeVar("E")

LOUD, SILENT = -25.0, -75.0


def talk(who: str, start: float, end: float, others: tuple[str, ...] = ()) -> list[Level]:
    """One talks, the others are silent, a level each 20 ms."""
    count = round((end - start) / 0.02)
    rng = np.random.default_rng(7)
    levels: list[Level] = []
    for index in range(count):
        at = round(start + 0.02 * index, 4)
        levels.append(Level(at=at, participant=who, level=LOUD + float(rng.normal(0, 3))))
        levels += [Level(at=at, participant=other, level=SILENT) for other in others]
    return levels


def floor(*people: str) -> ActiveSpeakerLayer:
    made = ActiveSpeakerLayer(ActiveSpeakerSettings(), {})
    for who in people:
        made.push(Joined(who), 0.0)
    return made


def hear(one: ActiveSpeakerLayer, levels: list[Level], *, clock: float) -> list[Event]:
    return [*one.push(Levels(levels), clock).events]


def of(events: list[Event], kind: type[E]) -> list[E]:
    return [each for each in events if isinstance(each, kind)]


def kinds(events: list[Event]) -> list[str]:
    return [each.type for each in events]


def test_who_talks_gets_the_floor_and_the_screen():
    one = floor("alice", "bob")
    events = hear(one, talk("alice", 0, 3, ("bob",)), clock=3.0)
    events += hear(one, talk("bob", 3, 7, ("alice",)), clock=7.0)
    speakers = [each.speaker for each in of(events, SpeakerChanged)]
    assert speakers == ["alice", "bob"]
    layouts = [each.tiles[0].participant for each in of(events, LayoutChanged)]
    assert layouts[-1] == "bob"
    assert one.state["speaker"] == "bob"


def test_a_joiner_is_told_what_stands():
    one = floor("alice", "bob")
    hear(one, talk("alice", 0, 3, ("bob",)), clock=3.0)
    state = one.state
    assert state["speaker"] == "alice"
    assert state["talking"] == ["alice"]
    assert state["layout"]["tiles"][0]["participant"] == "alice"


def test_silence_without_packets_is_silence_all_the_same():
    one = floor("alice")
    hear(one, talk("alice", 0, 2), clock=2.0)
    events: list[Event] = []
    clock = 2.0
    while one.due(clock + QUIET) and clock < 10:
        clock += 0.1
        events += one.tick(clock + QUIET).events
    assert "talk.stopped" in kinds(events)
    assert one.state["speaker"] is None
    assert not one.due(100.0)


@given(st.booleans())
def test_whose_batch_comes_first_changes_nobody_s_floor(swapped):
    """Each sends a second at a time: what one says about a moment comes a second after the other's word on it."""
    one = floor("alice", "bob")
    for begin in range(4):
        heard = talk("alice", begin, begin + 1, ("bob",))
        senders = ("bob", "alice") if swapped else ("alice", "bob")
        for who in senders:
            hear(one, [level for level in heard if level.participant == who], clock=begin + 1.0)
    one.settle(4.0)
    (first, *others) = one.summary.speakers
    assert first.participant == "alice"
    # The first second teaches how late batches come.
    assert first.seconds > 2.9
    assert all(other.seconds < 0.2 for other in others)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=60))
def test_no_level_is_lost_and_none_waits_longer_than_others_were_late(times):
    held, left = Reordering(), list[Level]()
    newest = 0.0
    for at in times:
        newest = max(newest, at)
        held.push(Level(at=at, participant="a", level=-30.0))
        ready = held.ready()
        assert held.lag <= LONGEST
        assert all(each.at <= newest - held.lag for each in ready)
        left += ready
    left += held.until(float("inf"))
    assert sorted(left) == sorted(Level(at=at, participant="a", level=-30.0) for at in times)


def test_muted_is_not_heard():
    one = floor("alice", "bob")
    one.push(Muted("alice", True), 0.0)  # noqa: FBT003
    events = hear(one, talk("alice", 0, 3, ("bob",)), clock=3.0)
    assert "speaker.changed" not in kinds(events)
    one.push(Muted("alice", False), 0.0)  # noqa: FBT003
    events = hear(one, talk("alice", 3, 6, ("bob",)), clock=6.0)
    assert "speaker.changed" in kinds(events)


def test_who_leaves_is_gone_from_the_screen_at_once():
    one = floor("alice", "bob")
    hear(one, talk("alice", 0, 3, ("bob",)), clock=3.0)
    events = [*one.push(Left("alice"), 3.0).events]
    assert one.state["speaker"] is None
    tiles = [tile for each in of(events, LayoutChanged) for tile in each.tiles]
    assert all(tile.participant != "alice" for tile in tiles)


def test_the_camera_closes_in_on_a_face_that_speaks():
    one = floor("alice", "bob")
    one.push(Face("alice", Box(x=0.4, y=0.3, width=0.2, height=0.2)), 0.0)
    events = hear(one, talk("alice", 0, 4, ("bob",)), clock=4.0)
    zooms = of(events, CameraZoom)
    assert zooms
    assert zooms[-1].crop.width < 1.0


def test_lanes_are_taken_up_from_what_was_told():
    one = floor("alice", "bob")
    events = hear(one, talk("alice", 0, 3, ("bob",)), clock=3.0)
    past = [each for each in events if isinstance(each, TalkStarted | TalkStopped)]
    other = floor()
    stopped = [*other.resume(Past(events=past)).events]
    assert kinds(stopped) == ["talk.stopped"]
    assert other.summary.speakers[0].participant == "alice"


def tone(seconds: float, rate: int) -> bytes:
    phase = 2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate
    return bytes((8000 * np.sin(phase)).astype("<i2").tobytes())


@given(
    st.lists(st.integers(1, 2000), min_size=1, max_size=20), st.sampled_from([8000, 16000, 48000])
)
def test_sound_in_any_pieces_gives_the_same_levels(sizes, rate):
    samples = tone(1.0, rate)
    whole = SoundBlocks().push("a", samples, rate=rate, at=0.0, clock=0.0).levels
    assert len(whole) == 50
    pieces, sound, start = list[Level](), SoundBlocks(), 0
    for size in sizes:
        piece = samples[start : start + 2 * size]
        pieces += sound.push("a", piece, rate=rate, at=start / 2 / rate, clock=0.0).levels
        start += 2 * size
    pieces += sound.push(
        "a", samples[start:], rate=rate, at=min(start / 2 / rate, 1.0), clock=0.0
    ).levels
    assert [each.level for each in pieces] == [each.level for each in whole]
    assert [each.at for each in pieces] == pytest.approx([each.at for each in whole])


def test_a_hole_in_the_sound_is_a_new_start():
    sound = SoundBlocks()
    sound.push("a", tone(0.1, 16000), rate=16000, at=0.0, clock=0.0)
    levels = sound.push("a", tone(0.1, 16000), rate=16000, at=5.0, clock=0.0).levels
    assert levels[0].at == pytest.approx(5.02)


def test_sound_that_says_nothing_of_its_place_ends_now():
    levels = SoundBlocks().push("a", tone(0.1, 16000), rate=16000, at=None, clock=8.0).levels
    assert levels[-1].at == pytest.approx(8.0)


@pytest.mark.parametrize(("samples", "rate"), [(b"abc", 16000), (b"abcd", 11025)])
def test_sound_of_another_form_is_refused(samples, rate):
    with pytest.raises(AudioRejected, match="expected"):
        SoundBlocks().push("a", samples, rate=rate, at=0.0, clock=0.0)


def test_a_level_that_cannot_be_used_costs_nobody_else_anything():
    one = floor("alice", "bob")
    odd = [Level(at=0.5, participant="x" * 300, level=-30.0)]
    events = hear(one, [*talk("alice", 0, 3, ("bob",)), *odd], clock=3.0)
    assert one.refused == 1
    assert [each.speaker for each in of(events, SpeakerChanged)] == ["alice"]
