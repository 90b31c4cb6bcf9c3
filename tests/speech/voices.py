"""Sound made for tests: a voice that hums, rooms that hiss, and nothing."""

import numpy as np

from v100_ai.speech.recognizer import RATE, Samples


def hum(seconds: float, level: float = -20.0, pitch: float = 140.0) -> Samples:
    """A tone with overtones, at so many dBFS."""
    at = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * pitch * k * at) / k for k in (1, 2, 3))
    return _scaled(np.asarray(wave), level)


def hiss(seconds: float, level: float = -70.0, seed: int = 1) -> Samples:
    """Noise at so many dBFS."""
    return _scaled(np.random.default_rng(seed).standard_normal(round(seconds * RATE)), level)


def talk(*parts: tuple[float, float], noise: float = -70.0) -> Samples:
    """(seconds of voice, seconds of pause) one after the other, in a room that hisses."""
    voice = np.concatenate(
        [
            np.concatenate([hum(said), np.zeros(round(rest * RATE), np.int16)])
            for said, rest in parts
        ]
    )
    return (
        (voice.astype(np.int32) + hiss(len(voice) / RATE, noise)[: len(voice)])
        .clip(-32768, 32767)
        .astype(np.int16)
    )


def _scaled(wave: np.ndarray, level: float) -> Samples:
    if not len(wave):
        return np.zeros(0, np.int16)
    rms = float(np.sqrt(np.mean(wave**2)))
    return (wave / rms * 10 ** (level / 20) * 32_768.0).clip(-32768, 32767).astype(np.int16)
