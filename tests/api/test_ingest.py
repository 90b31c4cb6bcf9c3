"""The socket that captions, levels and sound come in by."""

import json
import random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.api.running import Api, types

pytestmark = pytest.mark.anyio

CAPTION = {"participant": "alice", "start": 0.0, "end": 1.0, "text": "We ship on Friday."}
LEVEL = {"participant": "alice", "level": -30.0, "at": 0.1}

GOOD = [
    ({"type": "caption", **CAPTION}, 1),
    ({"type": "caption", **CAPTION}, 0, {"repeated": 1}),
    (
        {"type": "captions", "captions": [CAPTION, CAPTION | {"text": "Who tests?"}]},
        1,
        {"repeated": 1},
    ),
    ({"type": "caption", **CAPTION, "id": "c1"}, 1),
    ({"type": "caption", **CAPTION, "id": "c1", "text": "So we ship."}, 0, {"revised": 1}),
    ({"type": "caption", **CAPTION, "text": "So we", "final": False}, 0, {"not_final": 1}),
    ({"type": "level", **LEVEL}, 1),
    ({"type": "levels", "levels": [LEVEL, LEVEL | {"at": 0.2}]}, 2),
    ({"type": "join", "participant": "bob", "name": "Bob"}, 1),
    ({"type": "mute", "participant": "bob", "muted": True}, 1),
    ({"type": "face", "participant": "bob", "face": None}, 1),
    ({"type": "leave", "participant": "bob"}, 1),
    ({"type": "leave", "participant": "bob"}, 0),
]

BAD = [
    "",
    "x",
    "[]",
    "null",
    "1e999",
    "NaN",
    "[" * 100_000,
    '{"type":"caption"}',
    '{"type":"nothing"}',
    '{"type":["caption"]}',
    json.dumps({"type": "caption", **CAPTION, "text": "\x00"}),
    json.dumps({"type": "caption", **CAPTION, "text": "\ud800"}),
    json.dumps({"type": "caption", **CAPTION, "start": 5.0}),
    json.dumps({"type": "level", **LEVEL, "level": 10**400}),
    json.dumps({"type": "face", "participant": "bob", "face": {"x": 2}}),
    b"",
    b"no line",
    b"\n",
    b"[" * 999 + b"\n",
    b'{"participant":"a","rate":16000}\n\x00',
    b'{"participant":"a","rate":1}\n\x00\x00',
    b'{"participant":"a","rate":NaN}\n\x00\x00',
    b"\xff\xfe\n\x00\x00",
    b"x" * 5_000 + b"\n",
]


async def asked(socket, message) -> Any:
    await socket.send(message)
    return json.loads(await socket.recv())


async def test_each_message_is_acknowledged_with_how_much_was_new(api: Api):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        for number, (message, count, *others) in enumerate(GOOD, 1):
            answer = await asked(socket, json.dumps(message))
            nothing = {"revised": 0, "repeated": 0, "not_final": 0}
            assert answer == {
                "type": "ack",
                "n": number,
                "accepted": count,
                **nothing,
                **dict(*others),
            }
        line = json.dumps({"participant": "carol", "rate": 16000, "at": 0.0}).encode()
        answer = await asked(socket, line + b"\n" + b"\x00\x10" * 16000)
        assert answer["type"] == "ack"
        assert answer["accepted"] > 10
    told = (await api.http.get(f"/v1/meetings/{meeting}/events")).json()["events"]
    assert {"transcript.segment", "participant.muted", "participant.left"} <= set(types(told))


async def test_each_message_that_cannot_be_used_is_told_and_the_next_one_is_taken(api: Api):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        for number, message in enumerate(BAD, 1):
            answer = await asked(socket, message)
            assert (answer["type"], answer["n"]) == ("error", number), message[:50]
            assert "expected" in answer["detail"]
        assert (await asked(socket, json.dumps(GOOD[0][0])))["type"] == "ack"


async def test_a_million_bytes_of_garbage_change_nothing(api: Api):
    meeting = await api.meeting()
    random_bytes = random.Random(7)  # noqa: S311  # the same garbage each time
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        for _ in range(100):
            garbage = random_bytes.randbytes(10_000)
            assert (await asked(socket, garbage))["type"] == "error"
            assert (await asked(socket, garbage[:50].hex()))["type"] == "error"
    told = (await api.http.get(f"/v1/meetings/{meeting}/events")).json()["events"]
    assert types(told) == ["session.started"]


async def test_a_socket_closes_when_its_session_has_ended(api: Api):
    for end in ("POST", "DELETE"):
        meeting = await api.meeting()
        async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
            path = f"/v1/meetings/{meeting}" + ("/end" if end == "POST" else "")
            await api.http.request(end, path)
            answer = await asked(socket, json.dumps(GOOD[0][0]))
            assert answer["code"] in {"session_ended", "not_found"}
            await socket.wait_closed()
        assert socket.close_code == 1000


async def test_a_message_too_large_closes_the_socket(api: Api):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        with pytest.raises(ConnectionClosed):
            await asked(socket, b"x" * (6 << 20))
    assert socket.close_code == 1009


async def test_text_that_is_no_utf8_closes_the_socket(api: Api):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        await socket.send(b"\xff\xfe", text=True)
        await socket.wait_closed()
    assert socket.close_code == 1007
