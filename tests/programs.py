"""Programs of Debian's that some tests start: where one is missing, its tests are left out and counted, or fail."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

STRICT = bool(os.environ.get("CI") or os.environ.get("V100_TESTS_STRICT"))
"""Whether a test whose program is missing fails: in continuous integration, and by `scripts/test --strict`."""

LEFT_OUT = "left out: "


def program(*names: str, package: str) -> str:
    """Where the program of one of these names is; without it the test is left out, or fails where that is asked."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath), "/usr/sbin"])
    for name in names:
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    reason = f"{names[0]} is missing. Install it with: apt-get install {package}"
    if STRICT:
        pytest.fail(reason)
    pytest.skip(LEFT_OUT + reason)


def left_out(reasons: list[str]) -> str:
    """One line that counts what was left out, and what would bring it in."""
    counts = Counter(reason.split(LEFT_OUT)[1] for reason in reasons if LEFT_OUT in reason)
    told = "; ".join(f"{count} ({reason})" for reason, count in sorted(counts.items()))
    return f"Left out: {counts.total()} tests: {told}" if counts else ""
