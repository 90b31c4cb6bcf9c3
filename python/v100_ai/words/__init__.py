"""Words with times: what was said and when, anchored in the seconds of the source, for captions, clips and edits."""

from v100_ai.words.placing import placed
from v100_ai.words.transcript import Transcript
from v100_ai.words.word import Word

__all__ = ["Transcript", "Word", "placed"]
