"""What went wrong with a request, as RFC 9457 has it: what was expected, and what was found."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
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

MEDIA_TYPE: Final = "application/problem+json"
LONGEST_FOUND: Final = 100
"""Characters of what was found that are told back."""
MOST_ERRORS: Final = 20
MOST_COUNTED: Final = 500
UNKNOWN: Final = ("extra_forbidden", "unexpected_keyword_argument")
MISSING: Final = ("missing", "missing_argument", "missing_keyword_only_argument")


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


def invalid(error: ValidationError, where: str) -> Problem:
    """What does not fit the model, field by field; or is not JSON at all."""
    if error.error_count() > MOST_COUNTED:
        # To tell them all apart would keep everybody else waiting.
        detail = (
            f"{where}: expected what the API's document says, found {error.error_count()} errors"
        )
        return Problem(422, "invalid", detail, errors=[])
    told = error.errors(include_url=False)[:MOST_ERRORS]
    if told[0]["type"] == "json_invalid":
        return Problem(400, "malformed", f"{where}: expected JSON: {told[0]['ctx']['error']}")
    errors = [_refused(each, where) for each in told]
    top = errors[0]
    detail = f"{top['where']}: expected {top['expected']}, found {top['found']}"
    return Problem(422, "invalid", detail, errors=errors)


def _refused(error: ErrorDetails, where: str) -> dict[str, str]:
    """What one field was expected to be, and what it was."""
    kind, said = error["type"], error["msg"].removeprefix("Value error, ")
    expected, _, found = said.removeprefix("expected ").rpartition(", found ")
    if kind in UNKNOWN:
        expected, found = "no field of that name", f"one of {type(error['input']).__name__}"
    elif kind in MISSING:
        expected, found = "a field of that name", "none"
    elif not expected:
        expected, found = said.removeprefix("expected "), shown(error["input"])
    return {
        "where": ".".join(map(str, (where, *error["loc"]))),
        "expected": expected.removeprefix("Input should be ").removeprefix("String should "),
        "found": found,
    }


def shown(found: object) -> str:
    """What was found, no longer than it has to be told back, and nothing of fields that are not at fault."""
    if isinstance(found, Mapping):
        return f"an object of {len(found)} fields"
    if isinstance(found, list | tuple | set):
        return f"a list of {len(found)}"
    text = repr(found)
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


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
