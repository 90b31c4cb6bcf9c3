"""What can be heard: laughter of bursts, applause of noise, and neither in a voice that holds."""

import numpy as np
import pytest

from v100_ai.viral.heard import Ear
from v100_ai.viral.running import FEWEST, KEPT, Running
from v100_ai.viral.sound import RATE, SoundMeter


def samples(seconds: float, of) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    clipped: np.ndarray = np.clip(of(t) * 32_000, -32_768, 32_767)
    return clipped.astype(np.int16)


def voice(t, hertz: float = 120.0):
    return sum(np.sin(2 * np.pi * hertz * n * t) / n for n in range(1, 12)) * 0.08


def laugh(t):
    burst = np.exp(-8.0 * ((t * 4.5) % 1.0))
    hiss = np.random.default_rng(1).normal(size=len(t))
    return burst * (voice(t, 330.0) + 0.03 * hiss) + 0.001 * hiss


def hands(t):
    """Noise with more below 5 kHz than above, as that of many hands."""
    noise = np.random.default_rng(2).uniform(-1, 1, size=len(t))
    return 0.1 * (noise + np.repeat(noise[::3], 3)[: len(t)])


def test_laughter_and_applause_are_found_where_they_are():
    ear = Ear()
    ear.push(samples(20.0, voice))
    ear.push(samples(3.0, hands))
    ear.push(samples(4.0, voice))
    quiet, loud = ear.reaction(0.0, 19.0), ear.reaction(20.0, 24.0)
    assert quiet.value == 0.0
    assert (loud.feature, loud.value > 0.8) == ("applause", True)
    assert loud.at == pytest.approx(21.0, abs=1.0)


def test_bursts_are_more_laughter_than_a_voice_that_holds():
    bursts, held = (SoundMeter().push(samples(6.0, of).data)[-1].laughter for of in (laugh, voice))
    assert bursts > held + 0.3


def test_louder_than_usual_is_more_energy():
    ear = Ear()
    ear.push(samples(20.0, lambda t: 0.2 * voice(t)))
    ear.push(samples(5.0, lambda t: 0.8 * voice(t)))
    parts = ear.parts(20.0, 25.0)["emotional_intensity"]
    assert parts["energy"].value > 0.8
    assert ear.parts(10.0, 15.0)["emotional_intensity"]["energy"].value == pytest.approx(
        0.5, abs=0.1
    )


def test_silence_says_nothing_of_pitch_and_is_not_what_is_usual():
    ear = Ear()
    ear.push(np.zeros(RATE * 20, np.int16))
    found = ear.parts(10.0, 15.0)["emotional_intensity"]
    assert found["energy"].value == 0.0
    assert "pitch" not in found


def test_no_sound_has_no_parts():
    assert Ear().parts(0.0, 5.0) == {}


def test_running_keeps_ten_minutes_and_tells_where_a_value_lies():
    running = Running(1.0)
    assert running.share(1.0) is None
    for at in range(KEPT + 500):
        running.push(float(at))
    assert len(running._values) == len(running._sorted) == KEPT
    assert running.median == pytest.approx(500 + KEPT / 2, abs=1)
    assert running.median is not None
    assert running.share(running.median) == pytest.approx(0.5)
    assert running.share(-1e9) == 0.0
    assert FEWEST < KEPT
