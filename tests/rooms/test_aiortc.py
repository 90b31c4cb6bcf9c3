"""The media server with foreign clients: aiortc publishes and receives, curl's requests over HTTP."""

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import anyio
import pytest
from aiortc import RTCPeerConnection
from av import AudioFrame, VideoFrame

from tests.api.running import Api, running, until
from tests.rooms.sending import Numbered, Voice, number
from v100_ai.hub import Media
from v100_ai.rooms.client import Place, publish, subscribe

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(tmp_path) -> AsyncIterator[Api]:
    async with running(tmp_path, media={"port": 0}) as api:
        yield api


def media(api: Api) -> Media:
    assert api.service.media is not None
    return api.service.media


def tracks(api: Api, meeting: str) -> int:
    """How many are known in a meeting's room."""
    room = media(api).rooms.find(meeting)
    return 0 if room is None else len(room.tracks)


def place(api: Api, meeting: str, key: str | None = None) -> Place:
    return Place(f"http://127.0.0.1:{api.port}", meeting, key or api.secret)


async def log(api: Api, meeting: str) -> list[dict[str, Any]]:
    answer = await api.http.get(f"/v1/meetings/{meeting}/events?limit=1000")
    return list(answer.json()["events"])


async def pictures(peer: RTCPeerConnection, line: int, count: int) -> list[int]:
    """The numbers of so many pictures that one line of video shows."""
    receivers = [each.receiver for each in peer.getTransceivers() if each.kind == "video"]
    track = receivers[line].track
    return [number(cast(VideoFrame, await track.recv())) for _ in range(count)]


async def test_what_one_publishes_another_sees_and_the_meeting_tells(api: Api):
    meeting = await api.meeting()
    room = place(api, meeting)
    sent = Numbered()
    with anyio.fail_after(30):
        async with publish(room, "alice", [sent, Voice()]):
            async with subscribe(room, "bob", audio=1, video=2) as bob:
                seen = await pictures(bob, 0, 60)
                behind = sent.number - seen[-1]
                sound = next(each for each in bob.getReceivers() if each.track.kind == "audio")
                heard = cast(AudioFrame, await sound.track.recv())
            found = await log(api, meeting)
    assert seen == list(range(seen[0], seen[0] + 60))
    assert behind <= 15, "half a second on a busy machine"
    assert heard.sample_rate == 48_000
    told = [(each["type"], each["data"].get("participant")) for each in found]
    assert ("peer.connected", "alice") in told
    assert ("participant.joined", "alice") in told
    shown = [each["data"] for each in found if each["type"] == "slot.assigned"]
    assert {(each["media"], each["shows"]) for each in shown} >= {
        ("audio", "alice"),
        ("video", "alice"),
    }
    tracks = [each["data"] for each in found if each["type"] == "track.added"]
    assert {(each["media"], each["codec"]) for each in tracks} == {
        ("audio", "opus"),
        ("video", "vp8"),
    }


async def test_who_speaks_is_told_from_levels_alone(api: Api):
    meeting = await api.meeting()
    room = place(api, meeting)
    alice, bob = Voice(), Voice(loud=False)

    session = await api.service.hub.session(meeting)

    def speaks(name: str) -> Callable[[], bool]:
        return lambda: session.state["speaker"] == name

    with anyio.fail_after(40):
        async with publish(room, "alice", [alice]), publish(room, "bob", [bob]):
            await until(speaks("alice"), seconds=15)
            alice.loud, bob.loud = False, True
            await until(speaks("bob"), seconds=15)


async def test_a_key_a_token_and_nothing_open_what_they_should(api: Api):
    meeting, other = await api.meeting(), await api.meeting()
    bare = {"authorization": "", "content-type": "application/sdp"}
    path = f"/v1/meetings/{meeting}/whip"
    assert (await api.http.post(path, headers=bare, content=b"v=0")).status_code == 401
    made = await api.http.post(
        f"/v1/meetings/{meeting}/tokens", json={"participant": "carol", "subscribe": False}
    )
    assert made.status_code == 201
    token = made.json()["token"]
    with anyio.fail_after(20):
        async with publish(place(api, meeting, token), "carol", [Voice()]) as carol:
            await until(lambda: carol.connectionState == "connected")
            await until(lambda: len(media(api).connections) == 1)
            carried = {**bare, "authorization": f"Bearer {token}"}
            refused = {
                f"/v1/meetings/{other}/whip": 404,
                f"{path}?participant=dave": 403,
                f"/v1/meetings/{meeting}/whep": 403,
            }
            for where, status in refused.items():
                answer = await api.http.post(where, headers=carried, content=b"v=0")
                assert answer.status_code == status, (where, answer.text)
            captions = await api.http.post(
                f"/v1/meetings/{meeting}/captions",
                headers={"authorization": f"Bearer {token}"},
                json={"participant": "carol", "start": 0, "end": 1, "text": "no"},
            )
            assert captions.status_code == 403
        await until(lambda: not media(api).connections)


OFFERS = {
    b"": 400,
    b"v=0\r\n": 400,
    b"\xff\xfe": 400,
    b"v=0\r\na=fingerprint:sha-1 AA\r\n": 400,
    b"v=0\r\na=fingerprint:sha-256 AA\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n": 400,
    b"m=audio 9 X 0\r\n" * 41: 400,
    b"v" * 70_000: 413,
}


async def test_what_is_no_offer_is_refused_in_words_that_give_nothing_away(api: Api):
    meeting = await api.meeting()
    api.service.offers.each = 1000
    headers = {"content-type": "application/sdp"}
    for offer, status in OFFERS.items():
        answer = await api.http.post(
            f"/v1/meetings/{meeting}/whip?participant=a", headers=headers, content=offer
        )
        assert answer.status_code == status, (offer[:40], answer.text)
        assert "0x" not in answer.text
    assert not media(api).connections


async def test_too_many_offers_are_told_to_wait(api: Api):
    meeting = await api.meeting()
    headers = {"content-type": "application/sdp"}
    path = f"/v1/meetings/{meeting}/whip?participant=a"
    codes = [
        (await api.http.post(path, headers=headers, content=b"v=0")).status_code for _ in range(11)
    ]
    assert codes == [400] * 10 + [429]


async def test_a_connection_is_a_resource(api: Api):
    meeting = await api.meeting()
    peer = RTCPeerConnection()
    peer.addTrack(Voice())
    await peer.setLocalDescription(await peer.createOffer())
    headers = {"content-type": "application/sdp"}
    answer = await api.http.post(
        f"/v1/meetings/{meeting}/whip?participant=a",
        headers=headers,
        content=peer.localDescription.sdp.encode(),
    )
    assert answer.status_code == 201
    assert answer.headers["content-type"].startswith("application/sdp")
    where, etag = answer.headers["location"], answer.headers["etag"]
    fragment = {"content-type": "application/trickle-ice-sdpfrag"}
    for matches, status in [(None, 428), ('"other"', 412), (etag, 204), ("*", 422)]:
        more = fragment | ({} if matches is None else {"if-match": matches})
        patched = await api.http.patch(where, headers=more, content=b"a=end-of-candidates\r\n")
        assert patched.status_code == status
    again = await api.http.patch(where, headers=headers, content=peer.localDescription.sdp.encode())
    assert again.status_code == 200
    assert "m=audio" in again.text
    assert (await api.http.delete(where)).status_code == 200
    assert (await api.http.delete(where)).status_code == 404
    await peer.close()


async def test_the_host_mutes_and_removes(api: Api):
    meeting = await api.meeting()
    room = place(api, meeting)
    one = f"/v1/meetings/{meeting}/participants/alice"
    with anyio.fail_after(30):
        async with publish(room, "alice", [Voice()]) as alice:
            await until(lambda: tracks(api, meeting) > 0)
            assert (await api.http.patch(one, json={"muted": True})).status_code == 200
            assert (await api.http.delete(one)).status_code == 204
            await until(lambda: not media(api).connections)
            await until(lambda: alice.connectionState in ("closed", "failed"))


async def test_when_the_meeting_ends_everybody_is_sent_away(api: Api):
    meeting = await api.meeting()
    with anyio.fail_after(30):
        async with subscribe(place(api, meeting), "bob") as bob:
            await until(lambda: bob.connectionState == "connected")
            assert (await api.http.post(f"/v1/meetings/{meeting}/end")).status_code == 200
            await until(lambda: bob.connectionState == "closed")


async def test_without_media_a_room_is_told_to_be_off(tmp_path):
    async with running(tmp_path) as api:
        meeting = await api.meeting()
        answer = await api.http.post(
            f"/v1/meetings/{meeting}/whip?participant=a",
            headers={"content-type": "application/sdp"},
            content=b"v=0",
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "media_off")
        assert (await api.http.get(f"/rooms/{meeting}")).status_code == 404
