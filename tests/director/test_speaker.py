import itertools
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

import v100_ai as v100
from v100_ai.director import SpeakerSettings

RATE = 16_000
FRAME = RATE // 50


def talk(speaker: v100.ActiveSpeaker, who: str, *, start: float, seconds: float):
    """`who` talks with syllables at -26 dBov, the other of ana and bo is quiet."""
    changes = []
    for frame in range(round(seconds * 50)):
        at = start + frame * 0.02
        for name in ("ana", "bo"):
            voice = -32 + 9 * math.cos(frame / 2)
            speaker.push(name, at=at, level=voice if name == who else -70.0)
        changes.append(speaker.poll(at=at + 0.02))
    return [change for change in changes if change]


def test_the_floor_follows_who_talks():
    speaker = v100.ActiveSpeaker()
    first = talk(speaker, "ana", start=0.0, seconds=3.0)
    assert (speaker.current, speaker.talking) == ("ana", frozenset({"ana"}))
    second = talk(speaker, "bo", start=3.0, seconds=3.0)
    assert speaker.current == "bo"
    assert [(one.previous, one.speaker) for one in first + second] == [(None, "ana"), ("ana", "bo")]
    assert all(0 <= one.at <= 6 for one in first + second)


def test_a_joiner_can_read_the_state_at_once():
    speaker = v100.ActiveSpeaker()
    assert (speaker.current, speaker.talking) == (None, frozenset())
    talk(speaker, "ana", start=0.0, seconds=2.0)
    speaker.push("cy", at=2.0, level=-70.0)
    assert speaker.current == "ana"


def test_who_leaves_or_is_muted_gives_the_floor_up():
    speaker = v100.ActiveSpeaker()
    talk(speaker, "ana", start=0.0, seconds=2.0)
    speaker.mute("ana")
    assert speaker.talking == frozenset()
    speaker.unmute("ana")
    assert speaker.leave("ana")
    assert speaker.current is None
    change = speaker.poll(at=2.02)
    assert change is not None
    assert (change.previous, change.speaker) == ("ana", None)
    assert not speaker.leave("ana")


def test_every_setting_is_documented_and_no_other_is_taken():
    speaker = v100.ActiveSpeaker()
    assert speaker.settings.keys() == SpeakerSettings.__annotations__.keys()
    for name in speaker.settings:
        assert f"        {name}: " in (SpeakerSettings.__doc__ or "")
    assert v100.ActiveSpeaker(take=0.4).settings["take"] == 0.4
    with pytest.raises(v100.errors.AudioRejected, match="expected a setting of snr"):
        v100.ActiveSpeaker(volume=3.0)  # type: ignore[call-arg]
    with pytest.raises(v100.errors.AudioRejected, match=r"expected take from 0 to 5, found 9"):
        v100.ActiveSpeaker(take=9.0)


def test_what_cannot_be_used_is_refused_by_name():
    speaker = v100.ActiveSpeaker()
    speaker.push("ana", at=10.0, level=-30.0)
    for level, at, who, words in [
        (math.nan, 10.0, "ana", "level in dBov, found NaN"),
        (-30.0, math.nan, "ana", "a time within"),
        (-30.0, 8.0, "ana", "not more than 1 s before 10, found 8"),
        (-30.0, 10.0, "", "1 to 256 bytes, found 0"),
        (-30.0, 10.0, "é" * 129, "1 to 256 bytes, found 258"),
    ]:
        with pytest.raises(v100.errors.AudioRejected, match=words):
            speaker.push(who, at=at, level=level)
    with pytest.raises(v100.errors.AudioRejected, match="not more than 1 s before"):
        speaker.poll(at=0.0)


@given(arrays.arrays(np.int16, st.integers(0, 4 * FRAME)))
def test_levels_of_whole_frames_are_within_bounds(samples):
    levels = v100.audio_level(samples, RATE)
    assert len(levels) == len(samples) // FRAME
    assert levels.dtype == np.float32
    assert ((levels >= -127) & (levels <= 0)).all()


@given(arrays.arrays(np.int16, st.integers(FRAME, 4 * FRAME)))
def test_levels_are_the_same_in_one_piece_or_frame_by_frame(samples):
    pieces = [
        v100.audio_level(samples[i : i + FRAME], RATE)
        for i in range(0, len(samples) - FRAME + 1, FRAME)
    ]
    assert np.concatenate(pieces).tolist() == v100.audio_level(samples, RATE).tolist()


@given(arrays.arrays(np.int16, FRAME))
def test_a_level_is_twenty_logarithms_of_the_root_mean_square(samples):
    rms = math.sqrt(np.mean((samples.astype(np.float64) / 32767) ** 2))
    expected = max(-127.0, min(0.0, 20 * math.log10(rms))) if rms else -127.0
    assert v100.audio_level(samples, RATE)[0] == pytest.approx(expected, abs=1e-4)


def test_a_square_is_0_a_sine_is_3_below_and_silence_is_127_below():
    square = np.tile(np.array([32767, -32767], np.int16), FRAME // 2)
    sine = np.sin(np.arange(FRAME) * 2 * np.pi / 32).astype(np.float32)
    assert v100.audio_level(square, RATE)[0] == pytest.approx(0.0, abs=1e-5)
    assert v100.audio_level(sine, RATE)[0] == pytest.approx(-3.0103, abs=1e-3)
    assert v100.audio_level(np.zeros(FRAME, np.float32), RATE)[0] == -127


def test_sound_that_has_no_level_is_refused():
    mono = np.zeros(FRAME, np.int16)
    for samples, rate, words in [
        (mono, 11_025, "multiple of 50, found 11025"),
        (mono, 4_000, "from 8000 to 384000 Hz"),
        (mono.astype(np.float64), RATE, "int16 or float32"),
        (mono.reshape(2, -1), RATE, "one dimension, found 2"),
    ]:
        with pytest.raises(v100.errors.AudioRejected, match=words):
            v100.audio_level(samples, rate)  # type: ignore[arg-type]


def test_every_second_sample_of_two_channels_is_one_channel():
    stereo = np.zeros((FRAME, 2), np.int16)
    stereo[:, 1] = 32767
    assert v100.audio_level(stereo[:, 1], RATE)[0] == pytest.approx(0.0, abs=1e-5)
    assert v100.audio_level(stereo[:, 0], RATE)[0] == -127


@given(
    arrays.arrays(
        np.float64, st.tuples(st.integers(1, 40), st.integers(2, 4)), elements=st.floats(-90.0, 0.0)
    ),
    st.lists(st.integers(1, 90), min_size=1, max_size=8),
)
def test_whatever_the_levels_the_floor_stays_calm(levels, lengths):
    """Each row is held for so many frames, over and over, for 70 seconds: whoever talks, however long, however loud."""
    speaker, changes, holder, frame = v100.ActiveSpeaker(), [], None, 0
    for turn in itertools.count():
        row = levels[turn % len(levels)]
        for _ in range(lengths[turn % len(lengths)]):
            at = frame / 50
            for slot, level in enumerate(row):
                speaker.push(str(slot), at=at, level=level)
            change = speaker.poll(at=at + 0.02)
            if change is not None and change.speaker not in (None, holder):
                holder = change.speaker
                changes.append(change.at)
            frame += 1
        if frame >= 70 * 50:
            break
    assert all(late - early > 10.0 for early, late in zip(changes, changes[6:], strict=False))
    assert all(late - early > 60.0 for early, late in zip(changes, changes[24:], strict=False))
