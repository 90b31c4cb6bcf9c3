"""`v100 serve`: the service, until it is told to stop."""

import argparse
from ipaddress import ip_address
from pathlib import Path

from v100_ai.cli.keys import say, settings_from
from v100_ai.cli.outcome import DONE, LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, StoreUnavailable


def configure(parser: argparse.ArgumentParser) -> None:
    """What `v100 serve` takes; what is left out comes from the environment or the file."""
    settings_from(parser)
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
        "--media",
        action="store_const",
        const={},
        help="rooms of WebRTC beside the meetings (settings: media)",
    )
    parser.add_argument(
        "--log-format", choices=("console", "json"), help="how log lines look (default: console)"
    )


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
            media=options.media,
            log_format=options.log_format,
        )
        logs.set_up(settings.log_format)
        anyio.run(serve, settings, say)
    except SettingRejected as wrong:
        return Outcome(USAGE, str(wrong))
    except (StoreUnavailable, ExtraMissing) as lost:
        return Outcome(LOST, str(lost))
    return Outcome(DONE)


def _address(host: str | None) -> str | None:
    if host is None:
        return None
    try:
        return str(ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise SettingRejected(f"host: expected an IP address, found {host!r}") from None
