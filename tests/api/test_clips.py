"""Clips of a stream over HTTP: asked for, made, read back, edited by one at a time, and gone with their stream."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import av
import pytest

from tests.api.running import Api, running
from tests.clipping import marked
from v100_ai.layers.clips.resource import expired, forgotten

pytestmark = pytest.mark.anyio

FLAGS = {"clips": {"auto": False, "aspects": ["source"], "seconds": [1, 5]}}
SAID = "One two three four five six."


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marked.flashes(tmp_path_factory.mktemp("files") / "talk.mp4", seconds=40.0)


@pytest.fixture
async def api(source: Path, tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path, files=source.parent, clips=tmp_path / "clips") as api:
        yield api


async def begun(api: Api) -> str:
    stream = await api.stream(source="talk.mp4", analysis=FLAGS)
    words = [
        {"text": text, "start": 1.0 + 0.4 * i, "end": 1.3 + 0.4 * i}
        for i, text in enumerate(SAID.split())
    ]
    said = {"participant": "a", "start": 1.0, "end": 3.4, "text": SAID, "words": words}
    sent = await api.http.post(f"/v1/streams/{stream}/captions", json=said)
    assert sent.status_code == 202
    return stream


async def until(api: Api, clip: str, status: str, version: int = 0) -> dict[str, Any]:
    with anyio.fail_after(40):
        while True:
            shown: dict[str, Any] = (await api.http.get(f"/v1/clips/{clip}")).json()
            if (shown["status"], shown["version"]) == (status, version):
                return shown
            await anyio.sleep(0.05)


async def events(api: Api, stream: str) -> list[dict[str, Any]]:
    answer = await api.http.get(f"/v1/streams/{stream}/events", params={"limit": 500})
    return [one for one in answer.json()["events"] if one["type"].startswith("clip.")]


async def test_a_clip_of_a_range_is_made_read_back_edited_and_removed(api: Api, tmp_path: Path):
    stream = await begun(api)
    home = f"/v1/streams/{stream}/clips"
    made = await api.http.post(home, json={"from_pts": 0.6, "to_pts": 4.0})
    assert made.status_code == 202, made.text
    clip = made.json()["id"]
    shown = await until(api, clip, "ready")
    assert shown["text"] == SAID
    assert shown["duration"] == pytest.approx(3.4, abs=0.05)
    for name in (*shown["files"], "clip-1.srt", "clip-1.jpg", "clip-1.json"):
        answer = await api.http.get(f"/v1/clips/{clip}/files/{name}")
        assert answer.status_code == 200
        if name.endswith(".mp4"):
            frames = list(av.open(io.BytesIO(answer.content), "r").decode(video=0))
            assert len(frames) == 85
    for wrong in ("../v100.db", "clip-2.mp4", "clip-1.source.nut", "%2e%2e"):
        assert (await api.http.get(f"/v1/clips/{clip}/files/{wrong}")).status_code == 404

    edit = {"version": 0, "operations": [{"kind": "cut_words", "first": 1, "last": 2}]}
    first, second = [await api.http.patch(f"/v1/clips/{clip}/edit", json=edit) for _ in range(2)]
    assert (first.status_code, first.json()["version"]) == (202, 1)
    assert (second.status_code, second.json()["code"], second.json()["version"]) == (
        409,
        "stale",
        1,
    )
    edited = await until(api, clip, "ready", 1)
    assert edited["duration"] < 3.0
    beyond = {"version": 1, "operations": [{"kind": "cut_words", "first": 1, "last": 99}]}
    assert (await api.http.patch(f"/v1/clips/{clip}/edit", json=beyond)).status_code == 422

    kept = await api.http.post(f"/v1/clips/{clip}/keep", json={"kept": True})
    assert (kept.status_code, kept.json()["kept"]) == (200, True)
    told = await events(api, stream)
    ready = [one["data"]["version"] for one in told if one["type"] == "clip.ready"]
    assert ready == [0, 1]
    assert told[0]["type"] == "clip.opened"
    assert {one["type"] for one in told} >= {"clip.progress"}
    listed = (await api.http.get(home)).json()["items"]
    assert [each["id"] for each in listed] == [clip]
    assert (await api.http.delete(f"/v1/streams/{stream}")).status_code == 200
    assert not (tmp_path / "clips" / stream).exists()


async def test_a_clip_that_is_not_ready_is_cancelled_and_one_that_is_can_be_removed(
    api: Api, tmp_path: Path
):
    stream = await begun(api)
    home = f"/v1/streams/{stream}/clips"
    first, second = [
        (await api.http.post(home, json={"from_pts": 0.5, "to_pts": 5.0 + more})).json()["id"]
        for more in (30, 0)
    ]
    early = await api.http.post(f"/v1/clips/{second}/keep", json={})
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert (await api.http.delete(f"/v1/clips/{first}")).status_code == 204
    assert (await until(api, first, "failed"))["why"] == "cancelled"
    await until(api, second, "ready")
    assert (await api.http.delete(f"/v1/clips/{second}")).status_code == 204
    removed = await until(api, second, "removed")
    assert removed["files"] == []
    assert not list((tmp_path / "clips" / stream).glob("clip-*"))
    told = [(one["type"], one["data"]["clip"]) for one in await events(api, stream)]
    assert told.count(("clip.failed", first)) == 1
    assert ("clip.ready", first) not in told


def test_clips_that_are_kept_outlive_what_is_forgotten(tmp_path: Path):
    home = tmp_path / "str_1"
    (home / "recorded").mkdir(parents=True)
    names = ("clip-1.mp4", "clip-1.srt", "clip-1.kept", "clip-10.mp4", "clip-2.9x16.mp4")
    for name in names:
        (home / name).touch()
    expired(tmp_path, "str_1")
    assert sorted(each.name for each in home.iterdir()) == [
        "clip-1.kept",
        "clip-1.mp4",
        "clip-1.srt",
    ]
    forgotten(tmp_path, "str_1")
    assert not home.exists()


async def test_what_cannot_be_a_clip_is_refused_or_fails_with_the_reason(api: Api):
    stream = await begun(api)
    home = f"/v1/streams/{stream}/clips"
    for wrong in ({"from_pts": 3, "to_pts": 2}, {"from_pts": 1}, {"from_pts": 0, "to_pts": 1, "aspects": ["2:3"]}):  # fmt: skip
        assert (await api.http.post(home, json=wrong)).status_code == 422
    made = await api.http.post(home, json={"from_pts": 100, "to_pts": 104})
    failed = await until(api, made.json()["id"], "failed")
    assert "expected a range within 40.00 s" in failed["why"]
    assert (await events(api, stream))[-1]["type"] == "clip.failed"
    assert (await api.http.get(f"/v1/clips/{stream}-9")).status_code == 404
    assert (await api.http.get("/v1/clips/nothing")).status_code == 404
    assert (await api.http.delete(f"/v1/streams/{stream}")).status_code == 200


async def test_without_the_layer_or_its_folder_it_is_said_so(
    api: Api, tmp_path: Path, source: Path
):
    stream = await api.stream(source="talk.mp4")
    answer = await api.http.post(f"/v1/streams/{stream}/clips", json={"from_pts": 0, "to_pts": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "layer_off")
    assert (await api.http.delete(f"/v1/streams/{stream}")).status_code == 200
    (tmp_path / "other").mkdir()
    async with running(tmp_path / "other", files=source.parent) as bare:
        refused = await bare.http.post(
            "/v1/streams", json={"name": "S", "source": "talk.mp4", "analysis": FLAGS}
        )
        assert refused.status_code == 422
        assert "folder for clips" in refused.text
