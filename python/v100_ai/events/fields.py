"""Fields of an event as JSON and back: one rule for all, from the class alone."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from v100_ai.events.numbers import number, plain
from v100_ai.records import Json

SPREAD: Final = MappingProxyType({"spread": True})
"""Marks a field whose own fields, or entries, stand in its place."""

ABSENT: Final = MappingProxyType({"absent": True})
"""Marks a field that is left out where it is None."""

READY: Final = MappingProxyType({"absent": True, "ready": True})
"""Marks such a field whose values are as JSON has them already: many numbers, that need not be looked at again."""


def to_json(value: Any) -> dict[str, Any]:
    """An event, or a part of one such as a highlight, as JSON."""
    found: dict[str, Any] = {}
    for each in known(type(value)):
        held = getattr(value, each.name)
        if "spread" in each.metadata:
            # Readings are gathered as JSON has them, and are many.
            found |= to_json(held) if is_dataclass(held) else held
        elif held is not None or "absent" not in each.metadata:
            found[each.name] = held if "ready" in each.metadata else _written(held)
    return found


def from_json(kind: type[Any], data: Json) -> Any:
    """What `to_json` wrote; what a later version added is passed over.

    Raises:
        ValueError: a field is missing, or not of its kind.
    """
    every, hints = _looked_up(kind)
    given: dict[str, Any] = {}
    for each in every:
        hint = hints[each.name]
        if "spread" in each.metadata:
            named = {other.name for other in every}
            rest = {name: value for name, value in data.items() if name not in named}
            part: Any = hint
            given[each.name] = from_json(part, data) if is_dataclass(hint) else rest
        elif each.name in data:
            given[each.name] = _read(hint, data[each.name])
    try:
        return kind(**given)
    except TypeError as wrong:
        raise ValueError(f"{kind.__name__}: {wrong}") from wrong


def known(kind: type[Any]) -> tuple[Field[Any], ...]:
    """The fields of a class."""
    return _looked_up(kind)[0]


def _looked_up(kind: Any) -> tuple[tuple[Field[Any], ...], Mapping[str, Any]]:
    found = _LOOKED_UP.get(kind)
    if found is None:
        found = _LOOKED_UP[kind] = (fields(kind), get_type_hints(kind))
    return found


_LOOKED_UP: Final[dict[Any, tuple[tuple[Field[Any], ...], Mapping[str, Any]]]] = {}
"""What does not change from one event to the next, and takes a while to find out."""


def _written(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _written(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_written(each) for each in value]
    return to_json(value) if is_dataclass(value) else plain(value)


def _read(hint: Any, value: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        wanted = [each for each in args if each is not NoneType]
        if len(wanted) > 1 and isinstance(value, Mapping):
            wanted = [each for each in wanted if is_dataclass(each)]
        return value if value is None or len(wanted) != 1 else _read(wanted[0], value)
    if origin is tuple:
        return tuple(_read(args[0], each) for each in _expected(value, Sequence))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: _read(args[1], each) for name, each in _expected(value, Mapping).items()}
    return _one(hint, value) if isinstance(hint, type) else value


def _one(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        part: Any = kind
        return from_json(part, _expected(value, Mapping))
    if issubclass(kind, Enum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(_expected(value, str))
    if kind is float:
        return float(_expected(number(value), int | float))
    return _expected(value, kind)


def _expected(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"expected {kind}, found {value!r:.100}")  # noqa: TRY004  # from outside
    return value
