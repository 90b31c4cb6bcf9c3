"""What went wrong with a request, as RFC 9457 has it: what was expected, and what was found."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse

from v100_ai.errors import (
    AddressRefused,
    AudioRejected,
    EditRejected,
    ExtraMissing,
    Fenced,
    FrameRejected,
    SessionOver,
    SettingRejected,
    StoreUnavailable,
    V100Error,
)
from v100_ai.hub import AlreadyEnded, AtCapacity, Draining, SessionElsewhere, SessionUnknown
from v100_ai.layers.layer import LayerOff
from v100_ai.rooms import OfferRefused, RoomsFull, RoomUnknown

MEDIA_TYPE: Final = "application/problem+json"


CLOSE: Final = {"connection": "close"}
"""For answers to a request that was not read to its end."""


class Problem(Exception):
    """A request that is refused. `code` is for programs, `detail` for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = dict(headers or {})
        self.more = more

    def response(self, instance: str, request_id: str) -> JSONResponse:
        """The answer."""
        fields: dict[str, Any] = {
            "type": f"urn:v100:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
            **self.more,
        }
        return JSONResponse(fields, self.status, self.headers, MEDIA_TYPE)


def not_found(what: str) -> Problem:
    """Nothing there, or nothing that the caller may know of."""
    return Problem(404, "not_found", f"there is no such {what}")


REFUSALS: Final[tuple[tuple[type[V100Error], int, str], ...]] = (
    (LayerOff, 409, "layer_off"),
    (AlreadyEnded, 409, "session_ended"),
    (SessionOver, 409, "session_ended"),
    (SessionUnknown, 404, "not_found"),
    (Fenced, 503, "session_elsewhere"),
    (SessionElsewhere, 503, "session_elsewhere"),
    (Draining, 503, "draining"),
    (AtCapacity, 503, "at_capacity"),
    (StoreUnavailable, 503, "unavailable"),
    (RoomsFull, 503, "at_capacity"),
    (RoomUnknown, 404, "not_found"),
    (OfferRefused, 400, "malformed"),
    (ExtraMissing, 501, "extra_missing"),
    (AddressRefused, 422, "invalid"),
    (AudioRejected, 422, "invalid"),
    (FrameRejected, 422, "invalid"),
    (EditRejected, 422, "invalid"),
    (SettingRejected, 422, "invalid"),
)
"""Errors of ours as problems; the first that fits."""

LATER: Final = 503
AWAY: Final = "the database does not answer at the moment"


def problem(error: V100Error) -> Problem:
    """The problem behind an error of ours."""
    for kind, status, code in REFUSALS:
        if isinstance(error, kind):
            headers = {"retry-after": "1"} if status == LATER else {}
            # Where the database is, is nothing for whoever asks.
            detail = AWAY if kind is StoreUnavailable else str(error)
            return Problem(status, code, detail, headers=headers)
    return unknown()


def first(error: BaseException) -> BaseException:
    """The first error in a group, however deep it lies."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def unknown() -> Problem:
    """Whatever it was, it is nothing that whoever asks can mend."""
    return Problem(500, "internal", "a fault of the server; its log tells more under this id")
