"""`v100 backup`: a copy of the database, while it is served."""

import argparse
from pathlib import Path

from v100_ai.cli.keys import say, settings_from
from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 backup` takes."""
    parser.add_argument("to", type=Path, metavar="FILE", help="the copy, which is not there yet")
    settings_from(parser)


def run(options: argparse.Namespace) -> Outcome:
    """Copy it."""
    try:
        from v100_ai.config import Settings  # noqa: PLC0415  # an extra
        from v100_ai.store.backup import backup  # noqa: PLC0415
    except ImportError as missing:
        return Outcome(USAGE, str(ExtraMissing("serve", missing.name or str(missing))))
    try:
        settings = Settings.read(options.config, database=options.database)
        size = backup(settings.database, options.to)
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except StoreUnavailable as lost:
        return Outcome(LOST, str(lost))
    say(f"{options.to}: {size} bytes, whole")
    return Outcome(DONE)
