"""What clients and proxies that are not ours send, and what they are told."""

import json
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from tests.api.running import Api, raw, running, until

pytestmark = pytest.mark.anyio

CAPTION = {"participant": "a", "start": 0.0, "end": 1.0, "text": "Hello."}
KEYS = "sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
UPGRADE = f"connection: Upgrade\r\nupgrade: websocket\r\n{KEYS}"


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with running(tmp_path_factory.mktemp("foreign"), keys=False) as api:
        yield api


async def answered(
    api: Api, request: bytes, *, shut: bool = False, then: bytes = b"", ends: bytes = b""
) -> bytes:
    """All that a raw connection is answered until the server hangs up, or until it `ends` so.

    `then` is sent once the answer has begun.
    """

    def ask() -> bytes:
        more = then
        with raw(api.port) as connection:
            connection.settimeout(45)
            connection.sendall(request)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
                if more and b"\r\n\r\n" in answer:
                    connection.sendall(more)
                    more = b""
                if ends and ends in answer:
                    break
            return answer

    return await anyio.to_thread.run_sync(ask)


def asked(api: Api, line: str, headers: str = "", body: bytes = b"") -> bytes:
    length = f"content-length: {len(body)}\r\ncontent-type: application/json\r\n" if body else ""
    head = f"{line} HTTP/1.1\r\nhost: localhost:{api.port}\r\n{length}{headers}\r\n"
    return head.encode() + body


def frame(opcode: int, data: bytes, *, last: bool = True) -> bytes:
    """A frame of a client (RFC 6455, 5.2), masked with zeros."""
    length = (
        bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
    )
    return bytes([last << 7 | opcode]) + length + bytes(4) + data


@pytest.mark.parametrize("end", ["", "connection: close\r\n"])
async def test_a_client_that_ends_its_half_after_asking_is_answered(api: Api, end: str):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}"
    answer = await answered(api, asked(api, f"GET {path}", end), shut=True)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert meeting.encode() in answer
    caption = asked(api, f"POST {path}/captions", end, json.dumps(CAPTION).encode())
    answer = await answered(api, caption, shut=True)
    assert answer.startswith(b"HTTP/1.1 202 Accepted\r\n")
    assert b'"accepted":1' in answer


async def test_several_requests_before_the_half_ends_are_answered_all(api: Api):
    answer = await answered(api, 3 * asked(api, "GET /healthz"), shut=True)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 3


async def test_a_client_that_ends_its_half_amid_a_request_is_gone(api: Api):
    meeting = await api.meeting()
    before = api.connections
    caption = asked(api, f"POST /v1/meetings/{meeting}/captions", "", json.dumps(CAPTION).encode())
    for part in (caption[:-5], caption[:30], b""):
        assert not (await answered(api, part, shut=True)).startswith(b"HTTP/1.1 2")
    await until(lambda: api.connections <= before)


async def test_a_reader_of_a_stream_that_closes_leaves_nothing_behind(api: Api):
    meeting = await api.meeting()
    before = api.connections
    with raw(api.port) as connection:
        connection.sendall(
            asked(api, f"GET /v1/meetings/{meeting}/events", "accept: text/event-stream\r\n")
        )
        await until(lambda: api.service.metrics.streams._value.get() == 1)
    await until(lambda: api.service.metrics.streams._value.get() == 0)
    await until(lambda: api.connections <= before)


@pytest.mark.parametrize(
    ("accept", "stream"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream", True),
        ("text/event-stream; charset=utf-8", True),
        ("application/json;q=0.5, text/event-stream;q=0.9", True),
        ("*/*", False),
        ("application/json, text/event-stream;q=0", False),
        ("application/json, text/event-stream; q=0.0", False),
        ("application/x-text/event-stream-not", False),
    ],
)
async def test_a_stream_is_for_who_asks_for_it_by_name(api: Api, accept: str, *, stream: bool):
    meeting = await api.meeting()
    await api.http.post(f"/v1/meetings/{meeting}/end")
    answer = await api.http.get(f"/v1/meetings/{meeting}/events", headers={"accept": accept})
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind == ("text/event-stream" if stream else "application/json")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 202),
        ("Application/JSON;charset=utf-8", 202),
        ("application/vnd.acme.v2+json", 202),
        ("application/cloudevents+json; charset=UTF-8", 202),
        ("application/xml", 415),
        ("application/+json", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
async def test_json_is_json_by_whatever_name(api: Api, kind: str, status: int):
    answer = await api.http.post(
        f"/v1/meetings/{await api.meeting()}/captions",
        content=json.dumps(CAPTION),
        headers={"content-type": kind},
    )
    assert answer.status_code == status


@pytest.mark.parametrize("what", ["ingest", "events"])
async def test_a_proxy_that_takes_the_upgrade_away_is_found_out(api: Api, what: str):
    """As nginx does unless it is told otherwise: it passes the other headers of a handshake."""
    path = f"GET /v1/meetings/{await api.meeting()}/{what}"
    answer = await answered(api, asked(api, path, f"connection: close\r\n{KEYS}"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 426 ")
    assert b"upgrade: websocket" in head
    told = json.loads(body)
    assert told["code"] == "upgrade_required"
    assert "a proxy has to pass both" in told["detail"]


async def test_who_asks_for_a_socket_as_for_a_page_is_told_what_it_is(api: Api):
    meeting = await api.meeting()
    for method in ("GET", "POST"):
        answer = await api.http.request(method, f"/v1/meetings/{meeting}/ingest")
        assert (answer.status_code, answer.json()["code"]) == (426, "upgrade_required")
    assert (await api.http.get(f"/v1/meetings/{meeting}/nothing")).status_code == 404


@pytest.mark.parametrize("path", ["/v1/meetings/{}/events/", "/v1/meetings/{}", "/socket.io/"])
async def test_a_socket_where_none_is_is_not_found(api: Api, path: str):
    line = f"GET {path.format(await api.meeting())}"
    head, _, body = (await answered(api, asked(api, line, UPGRADE))).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert json.loads(body)["code"] == "not_found"


@pytest.mark.parametrize(
    "connection",
    [
        "connection: Upgrade",
        "connection: keep-alive, Upgrade",
        "connection: close, upgrade",
        "connection: keep-alive\r\nconnection: Upgrade",
    ],
)
@pytest.mark.parametrize("offer", ["", "permessage-deflate; client_max_window_bits, x-foo"])
async def test_an_upgrade_is_one_however_it_is_written(api: Api, connection: str, offer: str):
    extensions = f"sec-websocket-extensions: {offer}\r\n" if offer else ""
    path = f"GET /v1/meetings/{await api.meeting()}/events"
    headers = f"{connection}\r\nupgrade: WebSocket\r\n{extensions}{KEYS}"
    answer = await answered(api, asked(api, path, headers), ends=b'"hello"')
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"sec-websocket-extensions" not in answer.lower()


async def test_messages_are_taken_in_frames_of_any_kind_and_cut(api: Api):
    meeting = await api.meeting()
    said = json.dumps({"type": "caption", **CAPTION}).encode()
    sent = [
        frame(1, said),
        frame(2, said),
        frame(2, said + b"\n"),
        frame(1, said[:9], last=False) + frame(9, b"x") + frame(0, said[9:]),
        *(frame(10, b"unasked"), frame(1, said)),
    ]
    request = asked(api, f"GET /v1/meetings/{meeting}/ingest", UPGRADE)
    answer = await answered(api, request, then=b"".join(sent), ends=b'"n":5,"accepted":0}')
    assert answer.count(b'"type":"ack"') == 5
    assert answer.count(b'"accepted":1') == 1
    assert b"\x8a\x01x" in answer, "a ping amid a message is answered"


async def test_what_is_no_object_is_told_in_words_of_ours(api: Api):
    path = f"/v1/meetings/{await api.meeting()}/ingest"
    async with api.socket(path, secret=None) as sender:
        for message in ("[]", "1", "null", '"ping"'):
            await sender.send(message)
            answer = json.loads(await sender.recv())
            assert answer["detail"].startswith("message: expected an object, found ")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_ask_as_they_like(api: Api, path: str):
    host = "localhost" if path == "/metrics" else "v100.default.svc.cluster.local"
    for method in ("GET", "HEAD"):
        for version in ("1.0", "1.1"):
            request = f"{method} {path} HTTP/{version}\r\nhost: {host}\r\nconnection: close\r\n\r\n"
            answer = await answered(api, request.encode())
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK"), (path, method, version)
            assert bool(body) == (method == "GET")


async def test_prometheus_is_told_the_format_whatever_it_offers(api: Api):
    accept = (
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
        "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
    )
    headers = {"accept": accept, "accept-encoding": "gzip"}
    answer = await api.http.get("/metrics", headers=headers)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_who_waits_to_be_told_to_go_on_is(api: Api):
    meeting = await api.meeting()
    body = json.dumps(CAPTION).encode()
    path = f"POST /v1/meetings/{meeting}/captions"
    wait = "expect: 100-continue\r\nconnection: close\r\n"
    answer = await answered(api, asked(api, path, wait, body))
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n")


async def test_a_body_in_chunks_is_one(api: Api, tmp_path: Path):
    meeting = await api.meeting()

    async def pieces() -> AsyncIterator[bytes]:
        for each in json.dumps(CAPTION):
            yield each.encode()

    answer = await api.http.post(
        f"/v1/meetings/{meeting}/captions",
        content=pieces(),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 202
