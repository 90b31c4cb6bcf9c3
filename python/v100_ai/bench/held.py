"""`python -m v100_ai.bench.held CLIP WORSE`: seconds that VMAF takes, in a process of its own.

Which instructions are used is settled when a process first asks: `V100_AI_CPU` holds this one lower.
"""

import sys
from pathlib import Path

from v100_ai.bench.quality import ours, read


def main() -> None:
    """Writes the seconds a pair to standard output."""
    clip, worse = map(Path, sys.argv[1:])
    sys.stdout.write(str(ours(read(clip, worse))))


if __name__ == "__main__":
    main()
