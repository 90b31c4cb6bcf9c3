"""The API's documents, OpenAPI 3.1 and AsyncAPI 3.0, made from what serves it."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from v100_ai.api.messages import ANSWERS, OUT, Said
from v100_ai.api.models import ProblemShown, SocketAsked, SoundAsked
from v100_ai.api.notifications import ChannelAsked
from v100_ai.api.operation import Operation
from v100_ai.api.problems import MEDIA_TYPE
from v100_ai.events import EVENTS, ActionNotified, Event
from v100_ai.events.document import page
from v100_ai.events.fields import known
from v100_ai.records import PLURAL
from v100_ai.session.settings import Model

PARAMETERS: Final = {"id": "The session's id", "address": "The person's, as the roster has it"}
REFERENCE: Final = "#/components/schemas/{model}"
PROBLEMS: Final = {
    400: "The request is malformed",
    401: "There is no key, or not one that is known and valid",
    403: "The key may not do that",
    404: "There is no such thing, or not for this key",
    408: "The body did not come in time",
    409: "What is asked does not fit the state of things",
    410: "What follows is no longer kept",
    412: "It has changed since",
    413: "The body is too large",
    415: "The body is of another type than expected",
    422: "Something in the request is not what was expected",
    428: "A condition is missing, such as If-Match",
    429: "Too many: come again",
    500: "A fault of the server",
    501: "A part of the server that is not installed",
    503: "Not now: come again",
}


class Schemas:
    """Schemas gathered by name."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def of(self, kind: Any, mode: JsonSchemaMode) -> dict[str, Any]:
        """The schema of a type; what it refers to is kept."""
        schema = TypeAdapter(kind).json_schema(ref_template=REFERENCE, mode=mode)
        self.found |= schema.pop("$defs", {})
        return schema


def openapi(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    schemas = Schemas()
    problem = {"content": {MEDIA_TYPE: {"schema": schemas.of(ProblemShown, "serialization")}}}
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "v100_ai",
            "version": version("v100_ai"),
            "description": "Live video intelligence that runs beside the media.",
        },
        "paths": paths,
        "security": [{"key": []}],
        "components": {
            "schemas": dict(sorted(schemas.found.items())),
            "responses": {
                str(status): {"description": said, **problem} for status, said in PROBLEMS.items()
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schemas: Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.name.split(".", 1)[0]],
        "parameters": [*_path(one.path), *_query(one, schemas), *_headers(one)],
        "responses": {
            str(one.status): {"description": "Done", **_result(one, schemas)},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in PROBLEMS},
        },
    }
    if one.body is not None:
        schema = {} if one.body is bytes else schemas.of(one.body, "validation")
        content = {kind: {"schema": schema} for kind in (one.takes, *one.takes_too)}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _result(one: Operation, schemas: Schemas) -> dict[str, Any]:
    if one.result is None:
        return {}
    schema = schemas.of(one.result, "serialization") if one.result is not bytes else {}
    return {"content": {one.media_type: {"schema": schema}}}


def _path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _named(path)
    ]


def _query(one: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = schemas.of(one.query, "validation")
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _headers(one: Operation) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
    told = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}
    return [told] if one.idempotent else []


@cache
def asyncapi() -> Mapping[str, Any]:
    """The AsyncAPI document of the sockets."""
    schemas = Schemas()
    told = {each.type: _event(each, schemas) for each in sorted(EVENTS, key=_typed)}
    told |= {_name(each): _message(each, schemas) for each in OUT}
    answers = {_name(each): _message(each, schemas) for each in ANSWERS}
    taken = _taken(schemas)
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for plural in PLURAL.values():
        events, ingest = f"{plural}Events", f"{plural}Ingest"
        channels[events] = _channel(f"/v1/{plural}/{{id}}/events", told)
        channels[events]["bindings"] = {"ws": {"query": schemas.of(SocketAsked, "validation")}}
        channels[ingest] = _channel(f"/v1/{plural}/{{id}}/ingest", [*taken, *answers])
        operations[events] = _doing("send", events, told)
        operations[ingest] = _doing("receive", ingest, taken)
        operations[f"{ingest}Answers"] = _doing("send", ingest, answers)
    person = [ActionNotified.type, "heartbeat"]
    channels["people"] = _channel("/v1/people/{address}/events", person)
    channels["people"]["bindings"] = {"ws": {"query": schemas.of(ChannelAsked, "validation")}}
    operations["people"] = _doing("send", "people", person)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "v100_ai", "version": version("v100_ai")},
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {**told, **taken, **answers},
            "schemas": dict(sorted(schemas.found.items())),
        },
    }


def _named(path: str) -> list[str]:
    """The parameters in a path."""
    return re.findall(r"\{(\w+)\}", path)


def _channel(address: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "address": address,
        "parameters": {name: {"description": PARAMETERS[name]} for name in _named(address)},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _doing(action: str, channel: str, messages: Iterable[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _taken(schemas: Schemas) -> dict[str, Any]:
    """The messages that bring something in."""
    said = {
        str(get_args(each.model_fields["type"].annotation)[0]): {
            "summary": _summary(each),
            "contentType": "application/json",
            "payload": schemas.of(each, "validation"),
        }
        for each in get_args(get_args(Said)[0])
    }
    return {
        **said,
        "sound": {
            "contentType": "application/octet-stream",
            "summary": "A line of JSON as this schema says, then samples: mono, 16 bit, little endian",
            "payload": schemas.of(SoundAsked, "validation"),
        },
    }


def _typed(kind: type[Event]) -> str:
    return kind.type


def _name(message: type[Model]) -> str:
    return str(message.model_fields["type"].default)


def _message(message: type[Model], schemas: Schemas) -> dict[str, Any]:
    return {
        "name": _name(message),
        "summary": _summary(message),
        "contentType": "application/json",
        "payload": schemas.of(message, "serialization"),
    }


def _event(kind: type[Event], schemas: Schemas) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": {"type": "string"},
        "type": {"const": kind.type},
        "time": {"type": "string", "format": "date-time"},
        "session": {"type": "string"},
        "seq": {"type": "integer", "minimum": 1},
        "epoch": {"type": "integer", "minimum": 1},
        "data": _data(kind, schemas),
    }
    return {
        "name": kind.type,
        "summary": _summary(kind),
        "contentType": "application/json",
        "payload": {"type": "object", "properties": fields, "required": list(fields)},
    }


def _data(kind: type[Event], schemas: Schemas) -> dict[str, Any]:
    """The schema of an event's data: what is spread stands in its place, what may be absent is not required."""
    schema = schemas.of(kind, "serialization")
    named: dict[str, Any] = schema["properties"]
    absent: set[str] = set()
    for each in known(kind):
        if "absent" in each.metadata:
            absent.add(each.name)
            named[each.name] = _known(named[each.name])
        if "spread" in each.metadata:
            found = named.pop(each.name)
            inner = schemas.found[found["$ref"].rpartition("/")[2]] if "$ref" in found else {}
            named |= inner.get("properties", {})
            schema["additionalProperties"] = not inner
    return schema | {"required": [name for name in named if name not in absent]}


def _known(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is left out where it is null."""
    kinds = [each for each in schema["anyOf"] if each != {"type": "null"}]
    more = {name: each for name, each in schema.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **more} if len(kinds) == 1 else {**more, "anyOf": kinds}


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]


def main(folder: Path) -> None:
    """Write the documents, as they stand beside the others; and the page of events."""
    from v100_ai.api.app import operations  # noqa: PLC0415  # which serves these documents

    for name, document in (("openapi", openapi(operations(None))), ("asyncapi", asyncapi())):
        Path(folder, f"{name}.json").write_text(text(document))
    Path(folder, "events.md").write_text(page())


def text(document: Mapping[str, Any]) -> str:
    """The document as its file has it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
