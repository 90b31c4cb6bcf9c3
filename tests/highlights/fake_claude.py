"""A faithful POST /v1/messages on a local port: it refuses what the real one refuses, and fails on request.

`script` holds one scenario for each coming request; when it is used up, `scenario` answers.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

VERSION = "2026-10-21"
KEY = "test-key"
_FIELDS = {
    "model", "max_tokens", "messages", "system", "output_config", "thinking", "metadata", "stop_sequences",
    "stream", "tools", "tool_choice", "cache_control", "service_tier", "container",
}  # fmt: skip
_SAMPLING = {"temperature", "top_p", "top_k"}
_KEYWORDS = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "description",
    "minItems", "const", "$ref", "$defs", "title", "format",
}  # fmt: skip

Body = dict[str, Any]
EMPTY = {"highlights": [], "updates": [], "summary": "So far."}


def message(body: Body, text: str, **changes: Any) -> Body:
    """A successful reply."""
    usage = {
        "input_tokens": 900,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 1500,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 40,
        "service_tier": "standard",
    }
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
        "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "stop_sequence": None,
        "stop_details": None, "usage": usage,
    } | changes  # fmt: skip


def failure(kind: str, text: str = "fake") -> Body:
    """An error reply."""
    return {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_1"}


@dataclass
class FakeClaude:
    """What was asked, and how it is answered."""

    answer: Callable[[Body], Body] = lambda _: EMPTY
    scenario: str = "ok"
    script: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """How long a good answer takes."""
    requests: list[tuple[dict[str, str], Body]] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.requests.append((headers, body))
        refused = refusal(head[0], headers, body)
        if refused is not None:
            await _send(writer, refused[0], failure(refused[1], refused[2]))
            return True
        name = self.script.pop(0) if self.script else self.scenario
        return await SCENARIOS[name](self, body, writer)


def refusal(line: str, headers: dict[str, str], body: Body) -> tuple[int, str, str] | None:
    """What the real API refuses: status, error type, why."""
    if not line.startswith("POST /v1/messages "):
        return 404, "not_found_error", line
    if headers.get("authorization") != f"Bearer {KEY}":
        return 401, "authentication_error", "invalid bearer token"
    bad = _invalid(headers, body)
    return None if bad is None else (400, "invalid_request_error", bad)


def _invalid(headers: dict[str, str], body: Body) -> str | None:
    output, thinking = body.get("output_config", {}), body.get("thinking", {"type": "adaptive"})
    rules = [
        (headers.get("anthropic-version") != VERSION, "anthropic-version"),
        (headers.get("content-type") != "application/json", "content-type"),
        (bool(_SAMPLING & body.keys()), "sampling parameters are not supported"),
        (not {"model", "max_tokens", "messages"} <= body.keys(), "missing field"),
        (not body.keys() <= _FIELDS, f"unknown field {body.keys() - _FIELDS}"),
        (not body.get("messages"), "messages: empty"),
        (
            bool(body.get("messages")) and body["messages"][-1]["role"] == "assistant",
            "prefill is not supported",
        ),
        (
            thinking.get("type") == "disabled" and output.get("effort") in {"xhigh", "max"},
            "effort needs thinking",
        ),
        (not _strict(output.get("format", {}).get("schema", {})), "output_config.format.schema"),
    ]
    return next((why for broken, why in rules if broken), None)


def _strict(schema: Any) -> bool:
    """Structured output takes closed objects and few keywords."""
    if isinstance(schema, list):
        return all(_strict(each) for each in schema)
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties", {})
    closed = schema.get("type") != "object" or (
        schema.get("additionalProperties") is False
        and set(schema.get("required", [])) <= properties.keys()
    )
    inner = [value for key, value in schema.items() if key in {"items", "anyOf"}]
    return (
        closed
        and schema.keys() <= _KEYWORDS
        and schema.get("minItems", 0) in {0, 1}
        and all(_strict(each) for each in [*properties.values(), *inner])
    )


async def _send(
    writer: asyncio.StreamWriter, status: int, body: Body | bytes, **headers: str
) -> None:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {
        "content-type": "application/json",
        "content-length": str(len(payload)),
        "request-id": "req_1",
    }
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"HTTP/1.1 {status} x\r\n{head}\r\n".encode() + payload)
    await writer.drain()


Scenario = Callable[[FakeClaude, Body, asyncio.StreamWriter], Awaitable[bool]]


def _error(status: int, kind: str, **headers: str) -> Scenario:
    async def scenario(_: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
        await _send(writer, status, failure(kind), **headers)
        return True

    return scenario


def _text(make: Callable[[FakeClaude, Body], str], **changes: Any) -> Scenario:
    async def scenario(fake: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
        text = make(fake, body)
        await asyncio.sleep(fake.seconds)
        await _send(writer, 200, message(body, text, **changes))
        return True

    return scenario


def _raw(payload: Callable[[Body], bytes], content_type: str = "application/json") -> Scenario:
    async def scenario(_: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
        await _send(writer, 200, payload(body), content_type=content_type)
        return True

    return scenario


async def _html(_: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
    await _send(writer, 503, b"<html>down</html>", content_type="text/html")
    return True


async def _slow(_: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(30)
    return False


async def _drop(_: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"
    )
    await writer.drain()
    return False


async def _thinking(fake: FakeClaude, body: Body, writer: asyncio.StreamWriter) -> bool:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "text", "text": _answered(fake, body)},
    ]
    await _send(writer, 200, message(body, "", content=blocks))
    return True


def _answered(fake: FakeClaude, body: Body) -> str:
    return json.dumps(fake.answer(body))


SCENARIOS: dict[str, Scenario] = {
    "ok": _text(_answered),
    "thinking first": _thinking,
    "429": _error(429, "rate_limit_error"),
    "429 soon": _error(429, "rate_limit_error", retry_after_ms="20"),
    "429 an hour": _error(429, "rate_limit_error", retry_after="3600"),
    "429 never": _error(429, "rate_limit_error", x_should_retry="false"),
    "529": _error(529, "overloaded_error"),
    "500": _error(500, "api_error"),
    "503 html": _html,
    "400": _error(400, "invalid_request_error"),
    "401": _error(401, "authentication_error"),
    "slow": _slow,
    "drop": _drop,
    "truncated": _raw(lambda body: json.dumps(message(body, "{}")).encode()[:60]),
    "200 html": _raw(lambda _: b"<html>hello</html>", "text/html"),
    "200 empty": _raw(lambda _: b"{}"),
    "prose": _text(lambda *_: "Here are the highlights: none."),
    "bad schema": _text(lambda *_: '{"highlights": "none"}'),
    "cut": _text(lambda *_: '{"highlights": [', stop_reason="max_tokens"),
    "refusal": _text(lambda *_: "", stop_reason="refusal"),
}

FAULTS = (
    "429 soon", "429 an hour", "529", "500", "503 html", "400", "slow", "drop", "truncated", "200 html",
    "200 empty", "prose", "bad schema", "cut", "refusal",
)  # fmt: skip


@asynccontextmanager
async def fake_claude(**settings: Any) -> AsyncGenerator[FakeClaude]:
    """A fake for as long as the block lasts."""
    fake = FakeClaude(**settings)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()
