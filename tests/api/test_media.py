"""Participants, captions, levels and sound over HTTP."""

from typing import Any

import pytest

from tests.api.running import Api, types

pytestmark = pytest.mark.anyio

CAPTION = {"participant": "alice", "start": 0.0, "end": 1.0, "text": "We ship on Friday."}
LEVEL = {"participant": "alice", "level": -30.0, "at": 0.1}


async def told(api: Api, meeting: str) -> Any:
    return (await api.http.get(f"/v1/meetings/{meeting}/events")).json()["events"]


async def test_participants_come_are_told_of_and_go(api: Api):
    home = f"/v1/meetings/{await api.meeting()}/participants"
    added = await api.http.post(home, json={"id": "bob", "name": "Bob"})
    assert (added.status_code, added.json()["name"]) == (201, "Bob")
    assert (await api.http.post(home, json={"id": "bob"})).json()["name"] == "Bob"
    changed = await api.http.patch(f"{home}/bob", json={"name": "Robert", "muted": True})
    assert changed.json() == {
        "id": "bob", "name": "Robert", "muted": True, "talking": False, "role": "participant",
    }  # fmt: skip
    assert (await api.http.get(home)).json()["items"] == [changed.json()]
    face = {"face": {"x": 0.5, "y": 0.5, "width": 0.5, "height": 0.5}}
    assert (await api.http.patch(f"{home}/bob", json=face)).status_code == 200
    outside = {"face": {"x": 0.6, "y": 0.5, "width": 0.5, "height": 0.5}}
    assert (await api.http.patch(f"{home}/bob", json=outside)).status_code == 422
    assert (await api.http.delete(f"{home}/bob")).status_code == 204
    for method, body in (("DELETE", None), ("PATCH", {"muted": True})):
        gone = await api.http.request(method, f"{home}/bob", json=body)
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_a_participant_s_picture_comes_from_where_a_stream_s_may(api: Api):
    home = f"/v1/meetings/{await api.meeting(ai={'visual': True})}/participants"
    for source, code in (
        ("nothing.mp4", 422), ("../../etc/passwd", 422), ("ftp://a.example/x", 422), ("rtsp://10.0.0.1/x", 422),
    ):  # fmt: skip
        refused = await api.http.post(home, json={"id": "bob", "source": source})
        assert refused.status_code == code, refused.text
    assert (await api.http.get(home)).json()["items"] == []
    blind = f"/v1/meetings/{await api.meeting()}/participants"
    off = await api.http.post(blind, json={"id": "bob", "source": "rtsp://192.0.2.1/x"})
    assert (off.status_code, off.json()["code"]) == (409, "layer_off")


@pytest.mark.parametrize("name", ["a/b", "..", "%2e%2e", "a?b", "été", "a b"])
async def test_a_participant_may_be_called_anything_that_prints(api: Api, name):
    home = f"/v1/meetings/{await api.meeting()}/participants"
    assert (await api.http.post(home, json={"id": name})).json()["id"] == name


async def test_captions_are_taken_one_by_one_and_together_each_once(api: Api):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}/captions"
    assert (await api.http.post(path, json=CAPTION)).json() == {"accepted": 1}
    many = [CAPTION, CAPTION | {"text": "Who tests it?"}, CAPTION | {"final": False, "text": "W"}]
    answer = await api.http.post(path, json=many)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
    said = [one["data"]["text"] for one in await told(api, meeting) if "text" in one["data"]]
    assert said[:2] == ["We ship on Friday.", "Who tests it?"]


async def test_words_of_a_caption_are_told_with_their_times(api: Api):
    meeting = await api.meeting()
    words = [
        {"text": "We", "start": 0.0, "end": 0.2, "confidence": 0.5},
        {"text": "ship.", "start": 0.2, "end": 0.6},
    ]
    path = f"/v1/meetings/{meeting}/captions"
    sent = await api.http.post(path, json=CAPTION | {"words": words})
    assert sent.status_code == 202
    segments = [one for one in await told(api, meeting) if one["type"] == "transcript.segment"]
    assert [one["data"]["words"] for one in segments] == [words]
    wrong = await api.http.post(
        path, json=CAPTION | {"words": [{"text": "", "start": 0, "end": 1}]}
    )
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"end": -1.0},
        {"start": 2.0},
        {"start": 1e300},
        {"text": "x" * 5001},
        {"text": "a\x00b"},
        {"participant": ""},
        {"participant": "a\nb"},
        {"speaker": "alice"},
        {"final": "perhaps"},
    ],
)
async def test_a_caption_that_cannot_be_is_refused_with_its_whole_batch(api: Api, change):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}/captions"
    answer = await api.http.post(path, json=[CAPTION, CAPTION | change])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert types(await told(api, meeting)) == ["session.started"]


async def test_levels_are_taken_one_by_one_and_together(api: Api):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}/levels"
    one = await api.http.post(path, json=LEVEL)
    assert (one.status_code, one.json()) == (202, {"accepted": 1})
    batch = [LEVEL | {"at": 0.1 + 0.02 * n} for n in range(100)]
    assert (await api.http.post(path, json=batch)).json() == {"accepted": 100}
    assert "talk.started" in types(await told(api, meeting))
    for wrong in (LEVEL | {"level": 1}, LEVEL | {"level": -128}, [LEVEL] * 10_001):
        assert (await api.http.post(path, json=wrong)).status_code == 422


async def test_sound_gives_levels(api: Api):
    meeting = await api.meeting()
    path = f"/v1/meetings/{meeting}/audio"
    headers = {"content-type": "audio/L16; rate=16000"}
    query: dict[str, Any] = {"participant": "alice", "rate": 16000, "at": 0.0}
    sent = await api.http.post(path, params=query, content=b"\x00\x10" * 16000, headers=headers)
    assert sent.status_code == 202
    assert sent.json()["accepted"] > 10
    odd = await api.http.post(path, params=query, content=b"\x00" * 3, headers=headers)
    assert odd.status_code == 422
    wrong: dict[str, Any]
    for wrong in ({"rate": 7999}, {"rate": 48001}, {"participant": ""}, {"at": -1}):
        refused = await api.http.post(path, params=query | wrong, content=b"", headers=headers)
        assert refused.status_code == 422
    other = await api.http.post(path, params=query, json={})
    assert (other.status_code, other.json()["code"]) == (415, "unsupported_media_type")


async def test_what_comes_for_a_layer_that_is_off_is_told_so(api: Api):
    stream = await api.stream()
    answer = await api.http.post(f"/v1/streams/{stream}/levels", json=LEVEL)
    assert (answer.status_code, answer.json()["code"]) == (409, "layer_off")
    assert "active_speaker" in answer.json()["detail"]


async def test_nothing_comes_into_a_session_that_has_ended(api: Api):
    meeting = await api.meeting()
    home = f"/v1/meetings/{meeting}"
    await api.http.post(f"{home}/end")
    answers = [
        await api.http.post(f"{home}/captions", json=CAPTION),
        await api.http.post(f"{home}/levels", json=LEVEL),
        await api.http.post(f"{home}/participants", json={"id": "bob"}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (409, "session_ended")


async def test_a_session_holds_so_many_participants(api: Api):
    meeting = await api.meeting()
    levels = [{"participant": f"p{n}", "level": -30.0, "at": 0.1} for n in range(513)]
    answer = await api.http.post(f"/v1/meetings/{meeting}/levels", json=levels)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "512" in answer.json()["detail"]
