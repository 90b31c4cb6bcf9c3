"""Transcript files as people have them, each format read into the same pieces."""
