"""`v100 keys`: who may ask the service, in the database itself."""

import argparse
import sys
from pathlib import Path
from typing import Final, get_args

from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable
from v100_ai.ids import known
from v100_ai.records import Scope

SCOPES: Final = get_args(Scope)


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 keys` takes."""
    does = parser.add_subparsers(dest="does", required=True, metavar="WHAT")
    create = does.add_parser("create", help="make a key and print its secret, once")
    create.add_argument("name", help="what it is for")
    create.add_argument("--scope", action="append", choices=SCOPES, help="default: admin")
    create.add_argument("--tenant", default="default", help="whose sessions it is for")
    create.add_argument("--session", type=_session, help="the only session it is for")
    settings_from(create)
    revoke = does.add_parser("revoke", help="make a key void")
    revoke.add_argument("id", help="the key's id")
    settings_from(revoke)
    listed = does.add_parser("list", help="all keys of a tenant, without their secrets")
    listed.add_argument("--tenant", default="default", help="whose")
    settings_from(listed)


def run(options: argparse.Namespace) -> Outcome:
    """Make, list or revoke keys, in the database itself."""
    try:
        from v100_ai import clock  # noqa: PLC0415
        from v100_ai.api import authentication  # noqa: PLC0415  # an extra
        from v100_ai.config import Settings  # noqa: PLC0415
        from v100_ai.store import Store  # noqa: PLC0415
    except ImportError as missing:
        return Outcome(USAGE, str(ExtraMissing("serve", missing.name or str(missing))))
    try:
        settings = Settings.read(options.config, database=options.database)
        store = Store.open(settings.database, wall=clock.wall)
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except StoreUnavailable as lost:
        return Outcome(LOST, str(lost))
    try:
        if options.does == "list":
            for key in store.keys(options.tenant):
                void = " revoked" if key.revoked is not None else ""
                say(f"{key.id} {','.join(key.scopes)} {key.session or '-'} {key.name}{void}")
        elif options.does == "revoke":
            if store.revoke(options.id) is None:
                return Outcome(USAGE, f"there is no key {options.id}")
        else:
            scopes = tuple(dict.fromkeys(options.scope or ("admin",)))
            key, secret = authentication.made(
                tenant=options.tenant, name=options.name, scopes=scopes,
                now=clock.wall(), session=options.session,
            )  # fmt: skip
            store.add_key(key)
            say(secret)
    finally:
        store.close()
    return Outcome(DONE)


def _session(text: str) -> str:
    if not (known(text, "mtg") or known(text, "str")):
        raise argparse.ArgumentTypeError(
            f"expected the id of a meeting or a stream, found {text!r}"
        )
    return text


def settings_from(parser: argparse.ArgumentParser) -> None:
    """Where settings come from beside the command line."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///PATH or postgresql://... (default: sqlite:///v100.db)",
    )


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
