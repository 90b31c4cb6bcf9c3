"""Rendering: a plan of a source into files, in a process with limits."""
