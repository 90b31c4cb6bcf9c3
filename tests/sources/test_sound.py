"""Sound of any file and rate comes as mono samples of one rate."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests import clips
from v100_ai.errors import NoSound, NotMedia, SourceLost
from v100_ai.sources.sound import Resampling, sound

RATE = 16_000


def test_the_sound_of_a_clip_is_as_long_as_the_clip(sound_only: Path):
    samples = np.concatenate(list(sound(sound_only, RATE)))
    assert samples.dtype == np.int16
    assert len(samples) / RATE == pytest.approx(1.0, abs=0.1)
    assert np.abs(samples).max() > 0


def test_a_clip_without_sound_is_told(media: Path):
    silent = clips.write(media / "mute.mp4", clips.moving(5), codec="libx264")
    with pytest.raises(NoSound, match="stream of sound"):
        list(sound(silent, RATE))


def test_what_is_no_media_is_told(tmp_path: Path):
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(NotMedia):
        list(sound(tmp_path / "text.wav", RATE))
    with pytest.raises(NotMedia):
        list(sound(tmp_path / "missing.wav", RATE))


def test_noise_after_the_header_is_no_crash(sound_only: Path, tmp_path: Path):
    content = bytearray(sound_only.read_bytes())
    dice = np.random.default_rng(3)
    content[200:2_000] = dice.integers(0, 256, 1_800, np.uint8).tobytes()
    (tmp_path / "broken.mp4").write_bytes(content)
    with suppress(SourceLost):
        list(sound(tmp_path / "broken.mp4", RATE))


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 32_000, 44_100, 48_000])
def test_another_rate_is_the_same_tone(rate: int):
    at = np.arange(2 * rate) / rate
    tone = (10_000 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes()
    one = Resampling(rate, RATE)
    step = rate // 10 * 2
    pieces = [one.push(tone[begins : begins + step]) for begins in range(0, len(tone), step)]
    found = np.concatenate(pieces)
    assert len(found) == pytest.approx(2 * RATE, abs=100)
    middle = found[RATE // 2 : RATE // 2 + RATE].astype(float)
    spectrum = np.abs(np.fft.rfft(middle))
    assert int(spectrum.argmax()) == 440
    assert np.abs(middle).max() == pytest.approx(10_000, rel=0.05)


def test_nothing_stays_nothing():
    assert len(Resampling(48_000, RATE).push(b"")) == 0
    assert len(Resampling(RATE, RATE).push(b"")) == 0
