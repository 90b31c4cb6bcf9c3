"""Bodies that are too large, too slow, too deep, or not what they say."""

import json
import random
import zlib
from collections.abc import AsyncIterator

import anyio
import pytest

from tests.api.running import Api, raw, running, until
from tests.api.test_slow_readers import resident

pytestmark = pytest.mark.anyio

MIB = 1 << 20
JSON = {"content-type": "application/json"}


async def posted(api: Api, content: bytes | AsyncIterator[bytes], **headers: str):
    return await api.http.post("/v1/streams", content=content, headers=JSON | headers)


async def endless(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536


@pytest.mark.parametrize("size", [MIB + 1, 20 * MIB])
async def test_a_body_that_is_too_large_is_refused_and_not_kept(api: Api, size):
    before = resident()
    for content in (b" " * size, endless(size + 65536)):
        answer = await posted(api, content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert str(MIB) in answer.json()["detail"]
    # The test's own copy of the body is in here too.
    # The client holds what it sends, once or twice; a server that kept it all would need as much again.
    assert resident() - before < 2 * size + 20 * MIB


async def test_the_largest_body_is_read(api: Api):
    body = b'{"name":"n"' + b" " * (MIB - 12) + b"}"
    assert len(body) == MIB
    assert (await posted(api, body)).status_code == 201


async def test_sound_may_be_larger(api: Api):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}/audio?participant=a&rate=48000&at=0"
    headers = {"content-type": "audio/l16"}
    whole = await api.http.post(path, content=bytes(4 * MIB), headers=headers)
    assert whole.status_code == 202
    larger = await api.http.post(path, content=bytes(4 * MIB + 2), headers=headers)
    assert larger.status_code == 413


async def test_a_compressed_body_is_refused_unread(api: Api):
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(b" " * (50 * MIB)) + packer.flush()
    before = resident()
    for coding in ("gzip", "deflate", "br", "identity, gzip"):
        answer = await posted(api, bomb, **{"content-encoding": coding})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert resident() - before < 5 * MIB


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"name":"\xff"}', 400),
        (b'{"name":"\xed\xa0\x80"}', 400),
        (b'{"name":"\\ud800"}', 400),
        (b'{"name":"\\udc00\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"name":' * 100_000, 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"name":"\x00"}', 400),
        (b'{"name":"\\u0000"}', 422),
        (b'{"name":"n","source":"http://a.example/\\u0000"}', 422),
        (b'{"name":"n","name":"m","x":1}', 422),
        (b"NaN", 422),
        (b"Infinity", 422),
        (b"1e999", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"null", 422),
        (b"9" * 5000, 400),
        (b"9" * 4000, 422),
        (b'{"name":' + b"9" * 5000 + b"}", 400),
        (b'{"name":"n","restart":{"first":NaN}}', 422),
        (b'{"name":"n","restart":{"first":1e999}}', 422),
        (b'{"name":"n","restart":{"attempts":' + b"9" * 4000 + b"}}", 422),
        (b'{"name":"n","analysis":{"alerts":[{"name":"a","reading":"vmaf","above":NaN}]}}', 422),
        (b'{"name":"n","analysis":{"alerts":[{"name":"a\\u0000","reading":"vmaf","above":1}]}}', 422),
        (b'{"name":"n","analysis":{"categories":[' + b'"x",' * 100_000 + b'"x"]}}', 422),
    ],
)  # fmt: skip
async def test_a_body_that_is_not_what_is_expected_is_refused_clearly(api: Api, content, status):
    answer = await posted(api, content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "expected" in answer.json()["detail"]
    assert len(answer.content) < 20_000


async def test_random_bodies_are_refused_and_never_a_fault(api: Api):
    chance = random.Random(3)  # noqa: S311  # the same bodies each time
    seeds = [json.dumps({"name": "n", "analysis": {"visual": True}}).encode()]
    for _ in range(300):
        body = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 5)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        answer = await posted(api, bytes(body))
        assert answer.status_code in {201, 400, 422}, bytes(body)


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/jsonx"])
async def test_a_body_of_another_type_is_refused(api: Api, kind):
    answer = await api.http.post(
        "/v1/streams", content=b'{"name":"n"}', headers={"content-type": kind}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_body_that_does_not_come_is_not_waited_for(folder):
    async with running(folder) as api:
        api.service.body_seconds = 0.2
        head = (
            f"POST /v1/streams HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {api.secret}\r\n"
            "content-type: application/json\r\ncontent-length: 100\r\n\r\n{"
        )
        with raw(api.port) as connection:
            connection.sendall(head.encode())
            connection.settimeout(45)
            answer = b""
            with anyio.fail_after(45):
                while piece := await anyio.to_thread.run_sync(connection.recv, 65536):
                    answer += piece
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"timeout"' in answer
        assert (await api.http.get("/v1/streams")).json()["items"] == []


async def test_a_body_that_breaks_off_does_nothing(folder):
    async with running(folder) as api:
        head = (
            f"POST /v1/streams HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {api.secret}\r\n"
            'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"name":"n"}'
        )
        with raw(api.port) as connection:
            connection.sendall(head.encode())
        await until(lambda: not api.connections and not api.server.server_state.tasks)
        assert (await api.http.get("/v1/streams")).json()["items"] == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_is_taken_in_is_kept_by_either_database(request, folder, kind):
    where = {"database": request.getfixturevalue("postgres")} if kind == "postgresql" else {}
    names = ["\u202e\u2028", "\U0010ffff", "'; drop table sessions; --", "\ufeff%s{}\\", "\x80\x9f"]
    async with running(folder, **where) as api:
        for name in names:
            meeting = await api.meeting(name=name, participants=[{"id": name, "name": name}])
            home = f"/v1/meetings/{meeting}"
            assert (await api.http.get(home)).json()["name"] == name.strip()
            await api.say(meeting, name + "\x01\x1f said")
            told = (await api.http.get(f"{home}/events?types=transcript.segment")).json()
            assert told["events"][0]["data"]["text"] == name + "\x01\x1f said"
            assert (await api.http.get(f"{home}/events?types=%00")).status_code == 422
