"""How calls are put together, and how answers are taken apart."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from v100_ai.client.call import Call, Resource
from v100_ai.client.results import made, unreadable
from v100_ai.records import Json

T = TypeVar("T")


def below(resource: Resource, *parts: str) -> str:
    """The path of something below the resource, whatever its id is made of."""
    return "/".join([resource.home, *(quote(part, safe="") for part in parts)])


def call(method: str, path: str, read: Any, **more: Any) -> Call[Any]:
    """A call whose answer is JSON."""
    return Call(method=method, path=path, read=lambda content: read(json.loads(content)), **more)


def one(method: str, path: str, kind: type[T], **more: Any) -> Call[T]:
    """A call whose answer is one thing."""
    return call(method, path, lambda found: made(kind, found), **more)


def nothing(method: str, path: str) -> Call[None]:
    """A call whose answer says no more than that it was done."""
    return Call(method=method, path=path, read=lambda _: None)


def given(**query: object) -> dict[str, str]:
    """What of a query was given."""
    return {name: str(value) for name, value in query.items() if value is not None}


def body(**fields: Any) -> dict[str, Any]:
    """Fields that were given; a moment as RFC 3339."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
        if value is not None
    }


def flags(asked: Mapping[str, Any] | None, layers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Flags with their settings as JSON; None where there are none."""
    found = {name: _plain(each) for name, each in {**(asked or {}), **layers}.items()}
    return None if asked is None and not layers else found


def _plain(given: Any) -> Any:
    """Settings and rules as JSON."""
    if is_dataclass(given) and not isinstance(given, type):
        return asdict(given)
    return list(map(_plain, given)) if isinstance(given, tuple | list) else given


def many(given: Json | Sequence[Json]) -> list[Json]:
    """One of something, or many, as many."""
    return [given] if isinstance(given, Mapping) else list(given)


def an_object(found: Any) -> Json:
    """The answer, which is an object."""
    if not isinstance(found, dict):
        raise unreadable(f"expected an object, found {type(found).__name__}")
    return found


def accepted(found: Any) -> int:
    """How much was new."""
    accepted = an_object(found).get("accepted")
    if not isinstance(accepted, int):
        raise unreadable("expected how many were accepted")
    return accepted
