"""Where frames come from."""

from v100_ai.sources.media import Media, open_media

__all__ = ["Media", "open_media"]
