"""What comes in is read in one way, and refused in the words of whoever asks."""

import json
from typing import Any

import anyio
import pytest
from pydantic import BaseModel, TypeAdapter

from tests.api.running import Api, events, raw
from v100_ai.api.app import operations
from v100_ai.api.forms import FORMS
from v100_ai.api.messages import MESSAGE
from v100_ai.api.models import SocketAsked

pytestmark = pytest.mark.anyio

CAPTION: dict[str, Any] = {"participant": "a", "start": 1.0, "end": 2.0, "text": "hi"}
LEVEL: dict[str, Any] = {"participant": "a", "level": -30}


async def told(api: Api, path: str, content: str | bytes) -> tuple[int, str]:
    answer = await api.http.post(
        path, content=content, headers={"content-type": "application/json"}
    )
    return answer.status_code, answer.json().get("detail", "")


@pytest.fixture(scope="module")
async def meeting(api: Api) -> str:
    return await api.meeting()


@pytest.mark.parametrize(
    ("what", "body", "detail"),
    [
        ("levels", LEVEL | {"level": 31}, "body.level: expected at most 0, found 31"),
        ("levels", [LEVEL | {"level": 31}], "body.0.level: expected at most 0, found 31"),
        ("levels", [LEVEL, LEVEL | {"level": "-30"}], "body.1.level: expected a number, found '-30'"),
        ("levels", [LEVEL | {"level": True}], "body.0.level: expected a number, found true"),
        ("levels", [LEVEL | {"at": False}], "body.0.at: expected a number, found false"),
        ("levels", [LEVEL, 7], "body.1: expected an object, found 7"),
        ("captions", [CAPTION | {"txt": "x"}], "body.0.txt: expected no field of that name, found one of text"),
        ("captions", [CAPTION, CAPTION | {"end": None}], "body.1.end: expected a number, found null"),
        ("captions", [CAPTION, CAPTION | {"id": 7}], "body.1.id: expected text, found 7"),
        ("captions", [CAPTION | {"start": "1.0"}], "body.0.start: expected a number, found '1.0'"),
        ("captions", [CAPTION | {"final": "yes"}], "body.0.final: expected true or false, found 'yes'"),
        ("captions", [CAPTION | {"final": 1}], "body.0.final: expected true or false, found 1"),
        ("captions", [CAPTION, CAPTION | {"end": 0.5}], "1.end: expected an end from 1 on, found 0.5"),
        ("captions", CAPTION | {"end": 0.5}, "end: expected an end from 1 on, found 0.5"),
        ("captions", [CAPTION | {"id": "i" * 10_000}], "body.0.id: expected at most 128 characters, found 10000"),
        ("captions", [CAPTION] * 2_001, "body: expected at most 2000 of them, found a list of 2001"),
        ("captions", "hello", "body: expected an object, found 'hello'"),
        ("participants", {"id": "a\u0001b"}, "body.id: expected text without control characters, found 'a\\x01b'"),
    ],
)  # fmt: skip
async def test_an_error_names_the_index_and_the_field(api: Api, meeting: str, what, body, detail):
    found = await told(api, f"/v1/meetings/{meeting}/{what}", json.dumps(body))
    assert found == (422, detail)


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("streams", {"name": "n", "restart": {"attempts": "3"}}, "body.restart.attempts: expected a whole number, found '3'"),
        ("streams", {"name": "n", "restart": {"attempts": True}}, "body.restart.attempts: expected a whole number, found true"),
        ("streams", {"name": "n", "restart": {"attempts": 3.5}}, "body.restart.attempts: expected a whole number, found 3.5"),
        ("streams", {"name": "n", "analysis": {"visual": 1}}, "body.analysis.visual: expected true or false, found 1"),
        ("streams", {"name": 5}, "body.name: expected text, found 5"),
        ("meetings", {"name": "n", "begins": 1_772_000_000}, "body.begins: expected a time with its zone, such as 2026-03-01T09:00:00Z, found 1772000000"),
        ("meetings", {"name": "n", "participants": [{"name": "A"}, {"name": "B", "address": "b"}]},
         "body.participants.1.address: expected an address such as anna@example.org, found 'b'"),
        ("streams", {"name": "n", "pace": "slow"}, "body.pace: expected 'live' or 'fast', found 'slow'"),
    ],
)  # fmt: skip
async def test_no_text_or_flag_stands_for_a_number(api: Api, path, body, detail):
    assert await told(api, f"/v1/{path}", json.dumps(body)) == (422, detail)


@pytest.mark.parametrize(
    "body",
    [
        '{"name":"n","name":"m"}',
        '{"name":"n","analysis":{"visual":true,"visual":false}}',
        '{"name":"n","restart":{"when":"never","\\u0077hen":"always"}}',
    ],
)
async def test_no_name_stands_twice_in_an_object(api: Api, body: str):
    status, detail = await told(api, "/v1/streams", body)
    assert status == 400
    assert detail.startswith("body: expected each name once in an object, found ")


async def test_a_socket_refuses_in_the_same_words(api: Api, meeting: str):
    sent = {
        '{"captions":[]}': "message: expected an object with the field 'type', found an object of 1 fields",
        '{"type":"words"}': "message: expected a type of 'caption', 'captions'",
        json.dumps({"type": "levels", "levels": [LEVEL, {**LEVEL, "level": "x"}]}):
            "message.levels.1.level: expected a number, found 'x'",
        json.dumps({"type": "captions", "captions": [CAPTION, {**CAPTION, "end": 0.0}]}):
            "1.end: expected an end from 1 on, found 0",
        '{"type":"leave","participant":"a","participant":"b"}':
            "message: expected each name once in an object, found 'participant' twice",
    }  # fmt: skip
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        for message, detail in sent.items():
            await socket.send(message)
            answer = json.loads(await socket.recv())
            assert answer["type"] == "error"
            assert answer["detail"].startswith(detail)


async def test_a_filter_with_an_event_that_does_not_exist_is_refused_with_the_nearest(api: Api):
    meeting = await api.meeting()
    said = "expected a type of event such as highlight.created, found 'highlight.create'"
    wanted = {"url": "https://8.8.8.8/", "types": ["session.ended", "highlight.create"]}
    answer = await api.http.post("/v1/webhooks", json=wanted)
    assert (answer.status_code, answer.json()["detail"]) == (422, f"body.types.1: {said}")
    made = (await api.http.post("/v1/webhooks", json=wanted | {"types": ["session.ended"]})).json()
    path = f"/v1/webhooks/{made['id']}"
    answer = await api.http.patch(path, json={"types": ["highlight.create"]})
    assert answer.json()["detail"] == f"body.types.0: {said}"
    query = f"/v1/meetings/{meeting}/events?types=session.ended,highlight.create"
    assert (await api.http.get(query)).json()["detail"] == f"query.types: {said}"
    stream = {"accept": "text/event-stream"}
    assert (await api.http.get(query, headers=stream)).status_code == 422
    with pytest.raises(Exception, match="422"):
        async with api.socket(query) as socket:
            await events(socket)


@pytest.mark.parametrize(
    "head",
    [
        "content-length: 12\r\ntransfer-encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 12",
        "transfer-encoding: chunked\r\ncontent-length: 12\r\nconnection: keep-alive",
    ],
)
async def test_a_request_with_two_lengths_is_refused_and_hung_up_on(api: Api, head: str):
    request = (
        f"POST /v1/streams HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {api.secret}\r\n"
        f"content-type: application/json\r\n{head}\r\n\r\n"
        'c\r\n{"name":"n"}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'
    )
    answer = await answered(api, request)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1, "what follows was taken for a request"


async def answered(api: Api, request: str) -> bytes:
    """All that comes back until the server hangs up."""
    with raw(api.port) as connection:
        connection.settimeout(45)
        connection.sendall(request.encode())
        answer = b""
        while piece := await anyio.to_thread.run_sync(connection.recv, 65536):
            answer += piece
    return answer


@pytest.mark.parametrize("slash", ["%2f", "%2F"])
async def test_an_encoded_slash_separates_nothing(api: Api, slash: str):
    meeting = await api.meeting()
    for path in (f"/v1/meetings{slash}{meeting}{slash}events", f"/v1{slash}meetings/{meeting}"):
        assert (await api.http.get(path)).status_code == 404, path
    assert (await api.http.get("/v1/meetings/%00")).status_code == 404


async def test_an_encoded_slash_is_part_of_a_name(api: Api):
    meeting = await api.meeting()
    home = f"/v1/meetings/{meeting}/participants"
    assert (await api.http.post(home, json={"id": "room/2"})).status_code == 201
    assert (await api.http.delete(f"{home}/room%2f3")).status_code == 404
    assert (await api.http.delete(f"{home}/room%2f2")).status_code == 204


def patterns(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
        return own.union(*map(patterns, schema.values()))
    if isinstance(schema, list):
        return set().union(*map(patterns, schema))
    return set()


def test_every_pattern_has_words_of_its_own():
    models: list[Any] = [MESSAGE, TypeAdapter(SocketAsked)]
    for one in operations(None):
        kinds: list[Any] = [one.body, one.query]
        models += [TypeAdapter(each) for each in kinds if _model(each)]
    found = set().union(*(patterns(each.json_schema()) for each in models))
    assert len(found) >= 5
    assert found <= FORMS.keys()


def _model(kind: Any) -> bool:
    return kind not in {None, bytes} and (not isinstance(kind, type) or issubclass(kind, BaseModel))
