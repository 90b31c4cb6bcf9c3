"""Captions burned into a clip, word by word."""

from v100_ai.clips.captions.burning import Captions
from v100_ai.clips.captions.font import Font

__all__ = ["Captions", "Font"]
