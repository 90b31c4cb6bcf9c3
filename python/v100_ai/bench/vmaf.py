"""`python -m v100_ai.bench.vmaf REFERENCE DISTORTED`: seconds that VMAF takes, in a process of its own.

Which instructions are used is settled when a process first asks: `V100_AI_CPU` holds this one lower.
"""

import sys
from pathlib import Path

from v100_ai.bench.quality import ours


def main() -> None:
    """Writes the seconds a pair to standard output."""
    reference, distorted = map(Path, sys.argv[1:])
    sys.stdout.write(str(ours((reference, distorted))))


if __name__ == "__main__":
    main()
