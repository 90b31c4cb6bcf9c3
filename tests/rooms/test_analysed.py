"""What is published in a room is analysed: pictures, sound and words of each participant, told over the meeting's socket."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest

from tests.api.running import Api, running, until
from tests.report.browser import page
from tests.rooms.sending import Head, Speech, written
from tests.rooms.telling import told
from tests.rooms.test_browser import FLAGS
from v100_ai.hub import Media
from v100_ai.rooms.client import Place, publish
from v100_ai.speech.recognizer import RATE, Piece

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

SAID = "i'll send the offer to everybody by friday"


async def recognise(samples: bytes) -> Sequence[Piece]:
    """A recogniser that hears one sentence, whatever is said."""
    return [Piece(start=0.0, end=len(samples) / 2 / RATE, text=SAID)]


@pytest.fixture
async def api(tmp_path) -> AsyncIterator[Api]:
    async with running(tmp_path, media={"port": 0}) as api:
        api.service.hub.resources["transcription"] = recognise
        yield api


def place(api: Api, meeting: str) -> Place:
    return Place(f"http://127.0.0.1:{api.port}", meeting, api.secret or None)


ALL = {
    "active_speaker": True,
    "transcription": True,
    "highlights": {"budget": False},
    "visual": True,
    "deepfake_detection": True,
    "viral_scoring": True,
}


async def test_one_meeting_with_a_flag_each_and_everything_is_told(api: Api):
    meeting = await api.meeting(ai=ALL)
    room = place(api, meeting)
    expected: set[tuple[str, str | None]] = {
        ("source.connected", "alice"),
        ("source.connected", "bob"),
        ("frame.analysis", "alice"),
        ("frame.analysis", "bob"),
        ("speaker.changed", None),
        ("layout.changed", None),
        ("camera.zoom", "alice"),
        ("transcript.segment", "alice"),
        ("highlight.created", None),
        ("viral.score", None),
    }
    with anyio.fail_after(200):
        async with (
            publish(room, "alice", [Head(), Speech(talks=2.0, rests=1.0)]),
            publish(room, "bob", [Head(size=100)]),
        ):
            found = await told(api, meeting, expected)
        session = await api.service.hub.session(meeting)
        media = api.service.media
        assert isinstance(media, Media)
        await until(lambda: not media.connections)
    readings = [each["data"] for each in found if each["type"] == "frame.analysis"]
    alice = [each for each in readings if each["track"] == "alice"]
    assert all(each["frames"] > 0 for each in alice)
    assert {"visual_blur", "deepfake_confidence"} <= set(alice[-1])
    words = [each["data"] for each in found if each["type"] == "transcript.segment"]
    assert {(each["participant"], each["text"]) for each in words} == {("alice", SAID)}
    noted = [each["data"] for each in found if each["type"] == "highlight.created"]
    assert noted[0]["type"] == "action_item"
    assert session.counts["source/alice"]["damaged"] == 0


@pytest.mark.slow
async def test_a_browser_with_a_swapped_face_and_a_voice_joins_and_all_of_it_is_told(
    tmp_path: Path,
):
    pictures, sound = written(tmp_path)
    flags = (
        *FLAGS,
        f"--use-file-for-fake-video-capture={pictures}",
        f"--use-file-for-fake-audio-capture={sound}",
    )
    async with running(tmp_path, keys=False, media={"port": 0}) as api:
        api.service.hub.resources["transcription"] = recognise
        meeting = await api.meeting(ai=ALL)
        home = f"http://127.0.0.1:{api.port}/rooms/{meeting}"
        with anyio.fail_after(200):
            async with (
                page(f"{home}#participant=alice", tmp_path / "alice", *flags),
                publish(place(api, meeting), "bob", [Head(size=100)]),
            ):
                expected: set[tuple[str, str | None]] = {
                    ("frame.analysis", "alice"),
                    ("frame.analysis", "bob"),
                    ("speaker.changed", None),
                    ("transcript.segment", "alice"),
                    ("highlight.created", None),
                    ("deepfake.flagged", "alice"),
                    ("layout.changed", None),
                    ("camera.zoom", "alice"),
                    ("slot.assigned", "alice"),
                }
                found = await told(api, meeting, expected, seconds=150)
    readings = [each["data"] for each in found if each["type"] == "frame.analysis"]
    judged = [each for each in readings if each["track"] == "alice" and "deepfake_evidence" in each]
    assert judged, "a face was found, and signals of it"
    shown = [
        each["data"]["tiles"][0]["participant"]
        for each in found
        if each["type"] == "layout.changed"
    ]
    assert "alice" in shown
