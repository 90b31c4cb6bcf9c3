"""Log lines: structured, and without what people said or what opens doors."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog
from starlette.requests import HTTPConnection

from v100_ai.api.authentication import Caller

SESSION: Final = re.compile("/v1/(meetings|streams)/")

SECRETS: Final = ("authorization", "key", "password", "secret", "ticket", "token")
"""Fields that are never written out, whoever logs them."""

PERSONAL: Final = ("address", "captions", "name", "quote", "segments", "text")


def asked(connection: HTTPConnection) -> dict[str, str]:
    """What lines of a request or a socket carry: what it is found by, and from where it came."""
    client = connection.client
    told = {"request_id": str(connection.state.request_id)}
    if client is not None:
        told["peer"] = f"{client.host}:{client.port}"
    if "id" in connection.path_params and SESSION.match(connection.scope["path"]):
        told["session"] = str(connection.path_params["id"])[:64]
    return told


def known(caller: Caller) -> dict[str, str]:
    """What they carry beside once it is known who asks."""
    return {"tenant": caller.tenant, **({} if caller.key is None else {"key_id": caller.key})}


def set_up(kind: str) -> None:
    """Write lines as `json` or for the `console`, to standard error."""
    lines = Lines(sys.stderr)
    shown: Any = structlog.processors.JSONRenderer()
    if kind == "console":
        shown = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            _without,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", lines)),
        cache_logger_on_first_use=True,
    )
    others = logging.StreamHandler(lines)
    others.setFormatter(Placed("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[others], force=True)
    # Its other lines hold whole URLs, tickets included; what is of interest in them is told here.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(of_interest)


class Lines:
    """Where lines go. One that cannot be written is lost, and how many were is told as soon as that is possible.

    A disk that is full, or a collector that went away, is no reason to refuse a request.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lost = 0

    def write(self, text: str) -> int:
        """Write it, if that is possible."""
        more = f"{self._lost} lines of the log could not be written\n" if self._lost else ""
        try:
            self._out.write(more + text)
            self._out.flush()
        except (OSError, ValueError):
            self._lost += 1
        else:
            self._lost = 0
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def of_interest(line: logging.LogRecord) -> bool:
    """Not that a socket was refused, which uvicorn takes for a fault though it was answered."""
    return "without completing handshake" not in line.getMessage()


class Placed(logging.Formatter):
    """Lines of other packages, with where an error came from and without what it quotes."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # its name there
        """The error's type and places."""
        error: BaseException | None = ei[1]
        return "" if error is None else f"{type(error).__name__} at {', '.join(places(error))}"


def places(error: BaseException) -> list[str]:
    """Where an error came through."""
    found = traceback.extract_tb(error.__traceback__)
    return [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in found]


def _traced(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line with where an error came from. What it says is left out: it may quote what people said."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = places(error)
    return event


def _without(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line without its secrets and what is personal."""
    for field in (*SECRETS, *PERSONAL):
        if field in event:
            event[field] = "…"
    return event
