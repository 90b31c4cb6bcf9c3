"""Where frames come from."""

from v100_ai.sources.description import Description
from v100_ai.sources.media import Media
from v100_ai.sources.opening import open_media
from v100_ai.sources.options import InputOptions

__all__ = ["Description", "InputOptions", "Media", "open_media"]
