"""`v100 serve`: the service, until it is told to stop; `v100 keys`: who may ask it."""

import argparse
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable

SCOPES: Final = ("admin", "ingest", "read")


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 serve` takes; what is left out comes from the environment or the file."""
    _settings(parser)
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port to listen on (default: 8100)")
    parser.add_argument(
        "--files", type=Path, metavar="DIR", help="the folder that file sources are read from"
    )
    parser.add_argument(
        "--allow-private",
        action="store_true",
        default=None,
        help="let sources and webhooks lead to private addresses and to this machine",
    )
    parser.add_argument("--redis", metavar="URL", help="where several servers share one database")
    parser.add_argument(
        "--log-format", choices=("console", "json"), help="how log lines look (default: console)"
    )


def configure_keys(parser: argparse.ArgumentParser) -> None:
    """What `v100 keys` takes."""
    does = parser.add_subparsers(dest="does", required=True, metavar="WHAT")
    create = does.add_parser("create", help="make a key and print its secret, once")
    create.add_argument("name", help="what it is for")
    create.add_argument("--scope", action="append", choices=SCOPES, help="default: admin")
    create.add_argument("--tenant", default="default", help="whose sessions it is for")
    create.add_argument("--session", help="the only session it is for")
    _settings(create)
    revoke = does.add_parser("revoke", help="make a key void")
    revoke.add_argument("id", help="the key's id")
    _settings(revoke)
    listed = does.add_parser("list", help="all keys of a tenant, without their secrets")
    listed.add_argument("--tenant", default="default", help="whose")
    _settings(listed)


def run(options: argparse.Namespace) -> Outcome:
    """Serve."""
    try:
        import anyio  # noqa: PLC0415  # an extra, with all that follows

        from v100_ai.api import logs  # noqa: PLC0415
        from v100_ai.api.serving import serve  # noqa: PLC0415
        from v100_ai.config import Settings  # noqa: PLC0415
    except ImportError as missing:
        return Outcome(USAGE, str(ExtraMissing("serve", missing.name or str(missing))))
    try:
        settings = Settings.read(
            options.config,
            database=options.database,
            host=_address(options.host),
            port=options.port,
            files=options.files,
            allow_private=options.allow_private,
            redis=options.redis,
            log_format=options.log_format,
        )
        logs.set_up(settings.log_format)
        anyio.run(serve, settings, _say)
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except (StoreUnavailable, ExtraMissing) as lost:
        return Outcome(LOST, str(lost))
    return Outcome(DONE)


def run_keys(options: argparse.Namespace) -> Outcome:
    """Make, list or revoke keys, in the database itself."""
    try:
        from v100_ai import clock  # noqa: PLC0415
        from v100_ai.api import access  # noqa: PLC0415  # an extra
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
                _say(f"{key.id} {','.join(key.scopes)} {key.session or '-'} {key.name}{void}")
        elif options.does == "revoke":
            if store.revoke(options.id) is None:
                return Outcome(USAGE, f"there is no key {options.id}")
        else:
            scopes = tuple(dict.fromkeys(options.scope or ("admin",)))
            key, secret = access.made(
                tenant=options.tenant, name=options.name, scopes=scopes,
                now=clock.wall(), session=options.session,
            )  # fmt: skip
            store.add_key(key)
            _say(secret)
    finally:
        store.close()
    return Outcome(DONE)


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///PATH or postgresql://... (default: sqlite:///v100.db)",
    )


def _address(host: str | None) -> str | None:
    if host is None:
        return None
    try:
        return str(ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise SettingRejected(f"host: expected an IP address, found {host!r}") from None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
