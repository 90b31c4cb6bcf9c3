"""`v100 restore`: a copy of `v100 backup` becomes the database."""

import argparse
from pathlib import Path

from v100_ai import clock
from v100_ai.cli.keys import say, settings_from
from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 restore` takes."""
    parser.add_argument("copy", type=Path, metavar="FILE", help="what `v100 backup` made")
    parser.add_argument("--replace", action="store_true", help="give up the database that is there")
    settings_from(parser)


def run(options: argparse.Namespace) -> Outcome:
    """Put it in place."""
    try:
        from v100_ai.config import Settings  # noqa: PLC0415  # an extra
        from v100_ai.store.backup import restore  # noqa: PLC0415
    except ImportError as missing:
        return Outcome(USAGE, str(ExtraMissing("serve", missing.name or str(missing))))
    try:
        settings = Settings.read(options.config, database=options.database)
        active = restore(options.copy, settings.database, now=clock.wall(), replace=options.replace)
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except StoreUnavailable as lost:
        return Outcome(LOST, str(lost))
    say(f"{settings.database}: restored, {active} sessions go on")
    return Outcome(DONE)
