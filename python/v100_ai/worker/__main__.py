"""`python -m v100_ai.worker`: what the parent starts. With a descriptor's number it decodes a room, else a source."""

import sys

if __name__ == "__main__":
    if sys.argv[1:]:
        from v100_ai.worker.child.tapped import main

        main(int(sys.argv[1]))
    else:
        from v100_ai.worker.child.main import main as decode

        decode()
