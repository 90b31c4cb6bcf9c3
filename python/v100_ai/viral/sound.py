"""The door to the compiled half's ear: samples in, readings of half a second out."""

from typing import Final

from v100_ai._native import SoundMeter, SoundReading

RATE: Final = SoundMeter.RATE
"""Samples a second that a `SoundMeter` takes, mono."""

READING_S: Final = 0.5
"""Seconds of a reading."""

__all__ = ["RATE", "READING_S", "SoundMeter", "SoundReading"]
