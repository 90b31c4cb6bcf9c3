"""Clips: moments of a source, chosen, framed, captioned, levelled and rendered into files that are ready to post."""
