import ssl
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
from anyio.streams.tls import TLSStream
from hypothesis import given, strategies as st
from standardwebhooks.webhooks import Webhook

from tests.delivery.memory import SECRET, delivery, endpoint
from tests.delivery.receivers import Good, certificate, request, says
from tests.listening import LOOPBACK, Talk, ear, silent
from v100_ai.delivery import Sender
from v100_ai.delivery.sender import READ

pytestmark = pytest.mark.anyio

EACH = delivery(1, "a", body='{"id":"evt_1","data":{"text":"Grüße"}}'.encode())


async def nowhere(host: str) -> Sequence[str]:
    return ["127.0.0.1"]


async def test_a_receiver_verifies_what_arrives_over_one_connection():
    good = Good()
    async with ear(good) as heard, Sender(allow=LOOPBACK, resolver=nowhere) as sender:
        to = endpoint("a", f"http://hooks.example:{heard.port}/in?key=1")
        for _ in range(3):
            answer = await sender.send(EACH, to)
            assert (answer.reason, answer.status) == ("delivered", 204)
        assert heard.connections == 1
    assert len(good.requests) == 3
    for head, body in good.requests:
        assert head[":line"] == "POST /in?key=1 HTTP/1.1"
        assert head["host"] == f"hooks.example:{heard.port}"
        assert head["content-type"] == "application/json"
        assert head["webhook-id"] == EACH.id
        assert body == EACH.body
        Webhook(SECRET).verify(body, head)


async def test_a_redirect_is_a_failure_and_never_followed():
    async with ear() as inside:
        there = (
            b"HTTP/1.1 307 X\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:%d/\r\n\r\n"
            % inside.port
        )
        async with ear(Good(there)) as heard, Sender(allow=LOOPBACK) as sender:
            answer = await sender.send(EACH, endpoint("a", f"http://127.0.0.1:{heard.port}/"))
        assert (answer.reason, answer.status) == ("redirect", 307)
        assert (heard.connections, inside.connections) == (1, 0)


async def test_an_address_inside_is_refused_before_a_connection():
    async with ear() as heard, Sender(resolver=nowhere) as sender:
        for host in (
            "127.0.0.1",
            "localhost",
            "hooks.example",
            "[::1]",
            "2130706433",
            "a@127.0.0.1",
        ):
            answer = await sender.send(EACH, endpoint("a", f"http://{host}:{heard.port}/"))
            assert answer.reason == "refused"
            assert str(heard.port) not in (answer.error or "")
        assert heard.connections == 0


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (says(OK + b"Content-Length: 2\r\n\r\nok"), "delivered"),
        (says(b"HTTP/1.0 202 X\r\n\r\n"), "delivered"),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n", OK + b"\r\n"), "delivered"),
        (says(OK + b"Content-Length: 99\r\n\r\nbroken off"), "delivered"),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\nnot a size"), "delivered"),
        (says(OK + b"\r\n" + bytes(READ), b"and more", forever=True), "delivered"),
        (says(OK + b"Retry-After: 99\r\nContent-Length: 99\r\n\r\n", stays=True), "delivered"),
        (says(b"HTTP/1.1 503 X\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"), "busy"),
        (says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "protocol"),
        (says(b"HTTP/1.1 404 X\r\n\r\nsecret of somebody else"), "status"),
        (says(b"HTTP/1.1 410 Gone\r\n\r\n"), "gone"),
        (says(b""), "protocol"),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (says(b"HTTP/9.9 999 ?\r\n\r\n"), "status"),
        (says(b"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n"), "protocol"),
        (says(OK + b"A: " + b"b" * 300_000 + b"\r\n\r\n"), "protocol"),
        (says(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), "protocol"),
        (says(bytes(range(256)) * 20), "protocol"),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01, forever=True), "timeout"),
        (says(OK, *(b"A: b\r\n" for _ in range(9)), pause=0.1, stays=True), "timeout"),
        (silent, "timeout"),
    ],
)
async def test_whatever_a_receiver_does_is_an_answer(
    talk: Talk, reason: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("v100_ai.delivery.sender.DRAIN", 0.05)
    async with ear(talk) as heard, Sender(allow=LOOPBACK, timeout=0.4) as sender:
        answer = await sender.send(EACH, endpoint("a", f"http://127.0.0.1:{heard.port}/"))
        assert heard.connections == 1
    assert answer.reason == reason
    assert answer.wait == (7.0 if reason == "busy" else None)
    assert "somebody" not in (answer.error or "")
    assert (answer.error is None) == (reason == "delivered")


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda rest: OK + rest), st.booleans())
def test_no_bytes_at_all_break_the_sender(said: bytes, secure: bool):  # noqa: FBT001
    async def send() -> None:
        async with ear(says(said, after=not secure)) as heard, Sender(allow=LOOPBACK) as sender:
            url = f"http{'s' * secure}://127.0.0.1:{heard.port}/"
            answer = await sender.send(EACH, endpoint("a", url))
        assert answer.error is None or answer.error.isprintable()

    anyio.run(send)


async def test_nobody_there_is_an_answer_too():
    async with ear() as heard:
        port = heard.port
    async with Sender(allow=LOOPBACK) as sender:
        answer = await sender.send(EACH, endpoint("a", f"http://127.0.0.1:{port}/"))
    assert answer.reason == "connection"


async def test_a_name_that_takes_for_ever_to_look_up_is_given_up():
    async def slow(host: str) -> Sequence[str]:
        await anyio.sleep_forever()
        raise AssertionError

    async with Sender(resolver=slow, timeout=0.02) as sender:
        answer = await sender.send(EACH, endpoint("a", "http://hooks.example/"))
    assert answer.reason == "timeout"


async def test_what_cannot_be_signed_is_not_sent():
    async with ear() as heard, Sender(allow=LOOPBACK) as sender:
        to = endpoint("a", f"http://127.0.0.1:{heard.port}/")
        answer = await sender.send(delivery(1, "a", body=b"\xff"), to)
        assert answer.reason == "unsignable"
        assert heard.connections == 0


async def test_tls_is_by_name_though_the_connection_is_by_address(tmp_path: Path):
    cert, key = certificate(tmp_path, "hooks.example")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    seen: list[bytes] = []

    async def talk(stream: anyio.abc.SocketStream) -> None:
        try:
            tls = await TLSStream.wrap(stream, ssl_context=server, standard_compatible=False)
        except ssl.SSLError:
            return
        _, body = await request(tls)
        seen.append(body)
        await tls.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with ear(talk) as heard:
        good, other = (
            endpoint("a", f"https://{name}:{heard.port}/")
            for name in ("hooks.example", "x.example")
        )
        async with Sender(allow=LOOPBACK, resolver=nowhere, tls=trusting) as sender:
            assert (await sender.send(EACH, good)).reason == "delivered"
            answer = await sender.send(EACH, other)
        assert answer.reason == "connection"
        assert "certificate" in (answer.error or "").lower()
        async with Sender(allow=LOOPBACK, resolver=nowhere) as sender:
            assert (await sender.send(EACH, good)).reason == "connection"
    assert seen == [EACH.body]
