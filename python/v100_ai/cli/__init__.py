"""The v100 command."""

from v100_ai.cli.main import main

__all__ = ["main"]
