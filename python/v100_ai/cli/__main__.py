"""`python -m v100_ai.cli`."""

import sys

from v100_ai.cli import main

sys.exit(main())
