"""JSON as it comes in: types as they are written, no name twice, and errors in the words of whoever asks."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from v100_ai.api.forms import FORMS
from v100_ai.api.problems import Problem
from v100_ai.config import place

LONGEST_FOUND: Final = 100
"""Characters of what was found that are told back."""
MOST_ERRORS: Final = 20
MOST_COUNTED: Final = 500
AS_PYTHON: Final = frozenset(
    {"dataclass_exact_type", "dataclass_type", "datetime_type", "model_type", "tuple_type"}
)
"""Errors of strict checks that JSON gives no cause for: it has no tuples and no times."""
UNKNOWN: Final = ("extra_forbidden", "unexpected_keyword_argument")
MISSING: Final = ("missing", "missing_argument", "missing_keyword_only_argument")

A_NUMBER: Final = "a number"
A_WHOLE_NUMBER: Final = "a whole number"
A_FLAG: Final = "true or false"
A_LIST: Final = "a list"
AN_OBJECT: Final = "an object"
A_TIME: Final = "a time with its zone, such as 2026-03-01T09:00:00Z"

WORDS: Final[Mapping[str, str]] = {
    "bool_parsing": A_FLAG,
    "bool_type": A_FLAG,
    "dataclass_type": AN_OBJECT,
    "dict_type": AN_OBJECT,
    "datetime_from_date_parsing": A_TIME,
    "datetime_parsing": A_TIME,
    "datetime_type": A_TIME,
    "finite_number": "a finite number",
    "float_parsing": A_NUMBER,
    "float_type": A_NUMBER,
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": A_WHOLE_NUMBER,
    "int_parsing": A_WHOLE_NUMBER,
    "int_parsing_size": A_WHOLE_NUMBER,
    "int_type": A_WHOLE_NUMBER,
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "list_type": A_LIST,
    "literal_error": "{expected}",
    "model_attributes_type": AN_OBJECT,
    "model_type": AN_OBJECT,
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_type": "text",
    "string_unicode": "text in UTF-8",
    "timezone_aware": A_TIME,
    "too_long": "at most {max_length} of them",
    "too_short": "at least {min_length} of them",
    "tuple_type": A_LIST,
    "union_tag_invalid": "a type of {expected_tags}",
    "union_tag_not_found": "an object with the field {discriminator}",
}
"""What pydantic's kinds of errors (pydantic.dev, errors/validation_errors) expected."""


class Doubled(ValueError):
    """An object has a name twice."""


def parsed(
    kind: TypeAdapter[Any], content: bytes | str, where: str, *, tagged: bool = False
) -> Any:
    """The content as that type. No text stands for a number, and no name stands twice.

    `tagged` is a union that is told apart by a field. Raises `Problem`.
    """
    try:
        found = kind.validate_json(content, strict=True)
    except ValidationError as error:
        # Where a model looks at its fields before they are checked, pydantic no longer knows that they were JSON, and
        # strictly refuses lists and times as JSON has them.
        found = _loosely(kind, content, where, error, tagged=tagged)
    try:
        # Of two the last would count here, and perhaps the first for whoever looked at it before.
        json.loads(content, object_pairs_hook=_once)
    except Doubled as twice:
        detail = f"{where}: expected each name once in an object, found {twice} twice"
        raise Problem(400, "malformed", detail) from twice
    return found


def _loosely(
    kind: TypeAdapter[Any],
    content: bytes | str,
    where: str,
    strict: ValidationError,
    *,
    tagged: bool,
) -> Any:
    """The content as pydantic turns it into that type, where it turned nothing into something else."""
    if not any(each["type"] in AS_PYTHON for each in strict.errors(include_url=False)):
        raise invalid(strict, where, tagged=tagged) from strict
    try:
        found = kind.validate_json(content)
    except ValidationError as error:
        raise invalid(error, where, tagged=tagged) from error
    turned = _turned(json.loads(content), found)
    if turned is not None:
        path, expected, given = turned
        told = {"where": ".".join((where, *path)), "expected": expected, "found": shown(given)}
        detail = f"{told['where']}: expected {expected}, found {told['found']}"
        raise Problem(422, "invalid", detail, errors=[told])
    return found


def _turned(given: Any, found: Any) -> tuple[tuple[str, ...], str, object] | None:
    """The first value that was of another kind as JSON than it is now: its place, what it should have been, what it was."""
    if isinstance(given, dict):
        inner = [(name, each, getattr(found, name, None)) for name, each in given.items()]
    elif isinstance(given, list) and isinstance(found, tuple | list):
        inner = [(str(index), *pair) for index, pair in enumerate(zip(given, found, strict=False))]
    else:
        expected = _expected(given, found)
        return None if expected is None else ((), expected, given)
    for name, each, value in inner:
        turned = _turned(each, value)
        if turned is not None:
            return (name, *turned[0]), *turned[1:]
    return None


def _expected(given: object, found: object) -> str | None:
    """What JSON should have had for that value, if it had something else."""
    if isinstance(found, bool):
        return None if isinstance(given, bool) else A_FLAG
    if isinstance(found, int | float):
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if number:
            return None
        return A_WHOLE_NUMBER if isinstance(found, int) else A_NUMBER
    if isinstance(found, datetime):
        return None if isinstance(given, str) else A_TIME
    return None


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen = set[str]()
    for name, _ in pairs:
        if name in seen:
            raise Doubled(shown(name))
        seen.add(name)


def invalid(error: ValidationError, where: str, *, tagged: bool = False) -> Problem:
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
    errors = [_refused(each, where, tagged=tagged) for each in told]
    top = errors[0]
    detail = f"{top['where']}: expected {top['expected']}, found {top['found']}"
    return Problem(422, "invalid", detail, errors=errors)


def _refused(error: ErrorDetails, where: str, *, tagged: bool) -> dict[str, str]:
    """What one field was expected to be, and what it was."""
    expected, found = _described(error)
    loc = error["loc"][1:] if tagged else error["loc"]
    return {"where": place(loc, where), "expected": expected, "found": found}


def _described(error: ErrorDetails) -> tuple[str, str]:
    kind, ctx, found = error["type"], error.get("ctx", {}), error["input"]
    if kind in UNKNOWN:
        return "no field of that name", f"one of {_kind(found)}"
    if kind in MISSING:
        return "a field of that name", "none"
    if kind == "string_pattern_mismatch":
        return FORMS.get(ctx["pattern"], f"text that matches {ctx['pattern']}"), shown(found)
    if kind in WORDS:
        expected = WORDS[kind].format_map({name: _plain(value) for name, value in ctx.items()})
        return expected, _size(kind, ctx, found)
    # Ours: these say both, or what was found is what they were given.
    said = error["msg"].removeprefix("Value error, ").removeprefix("expected ")
    expected, _, seen = said.rpartition(", found ")
    return (expected, seen) if expected else (said, shown(found))


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _size(kind: str, ctx: Mapping[str, Any], found: object) -> str:
    """What was found, or how much of it where that is at fault."""
    if kind in {"string_too_long", "string_too_short"}:
        return str(len(str(found)))
    return f"{ctx['tag']!r}" if "tag" in ctx else shown(found)


def _kind(found: object) -> str:
    """What JSON calls it."""
    if isinstance(found, Mapping):
        return "an object"
    if isinstance(found, list | tuple):
        return "a list"
    return {str: "text", bool: "true or false", type(None): "null"}.get(type(found), "a number")


def shown(found: object) -> str:
    """What was found, no longer than it has to be told back, and nothing of fields that are not at fault."""
    if isinstance(found, Mapping):
        return f"an object of {len(found)} fields"
    if isinstance(found, list | tuple | set):
        return f"a list of {len(found)}"
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    text = repr(found)
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"
