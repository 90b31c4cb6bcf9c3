"""What WHIP clients say that others' servers were reported to stumble over: each is taken as it is meant, or told why not."""

from collections.abc import AsyncIterator

import pytest
from aiortc import RTCPeerConnection

from tests.api.running import Api, running
from tests.rooms.sending import Voice

pytestmark = pytest.mark.anyio

SDP = "application/sdp"


@pytest.fixture
async def api(tmp_path) -> AsyncIterator[Api]:
    async with running(tmp_path, media={"port": 0}, origins=("https://studio.example",)) as api:
        api.service.offers.each = 1000
        yield api


@pytest.fixture
async def offer() -> AsyncIterator[bytes]:
    peer = RTCPeerConnection()
    peer.addTrack(Voice())
    await peer.setLocalDescription(await peer.createOffer())
    yield peer.localDescription.sdp.encode()
    await peer.close()


async def test_headers_as_programs_write_them(api: Api, offer: bytes):
    path = f"/v1/meetings/{await api.meeting()}/whip?participant=a"
    key = f"Bearer {api.secret}"
    headers: list[tuple[dict[str, str], int]] = [
        ({"authorization": f"Bearer {key}"}, 201),  # pasted with its scheme into OBS's field
        ({"authorization": f"bearer {api.secret}"}, 201),
        ({"authorization": f"Basic {api.secret}"}, 401),
        ({"authorization": f"Bearer Bearer {key}"}, 401),
        ({"content-type": f"{SDP}; charset=utf-8"}, 201),
        ({"content-type": "Application/SDP"}, 201),
        ({"content-type": "application/json"}, 415),
        ({"accept": "text/html"}, 201),
        ({"expect": "100-continue"}, 201),
    ]
    for more, status in headers:
        all_of_them = {"authorization": key, "content-type": SDP} | more
        answer = await api.http.post(path, headers=all_of_them, content=offer)
        assert answer.status_code == status, more


async def test_offers_with_line_ends_of_their_own(api: Api, offer: bytes):
    path = f"/v1/meetings/{await api.meeting()}/whip?participant=a"
    for text in (offer.replace(b"\r\n", b"\n"), offer + b"\r\n\r\n"):
        answer = await api.http.post(path, headers={"content-type": SDP}, content=text)
        assert answer.status_code == 201


async def test_a_page_of_another_origin_may_read_what_it_needs(api: Api, offer: bytes):
    path = f"/v1/meetings/{await api.meeting()}/whip?participant=a"
    origin = {"origin": "https://studio.example"}
    wants = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type, if-match",
    }
    asked = await api.http.options(path, headers=origin | wants)
    assert asked.status_code == 200
    answer = await api.http.post(path, headers=origin | {"content-type": SDP}, content=offer)
    shown = {each.strip() for each in answer.headers["access-control-expose-headers"].split(",")}
    assert {"location", "etag", "link"} <= {each.lower() for each in shown}


async def test_other_methods_are_told_what_there_is(api: Api, offer: bytes):
    path = f"/v1/meetings/{await api.meeting()}/whip?participant=a"
    asked = await api.http.options(path)
    assert (asked.status_code, asked.headers["accept-post"]) == (204, SDP)
    for method in ("GET", "HEAD", "PUT"):
        assert (await api.http.request(method, path)).status_code == 405
    answer = await api.http.post(path, headers={"content-type": SDP}, content=offer)
    where, etag = answer.headers["location"], answer.headers["etag"]
    fragment = {"content-type": "application/trickle-ice-sdpfrag"}
    for matches, status in ((f'"old", {etag}', 204), (f"W/{etag}", 412), ('"old"', 412)):
        headers = fragment | {"if-match": matches}
        patched = await api.http.patch(where, headers=headers, content=b"a=end-of-candidates\r\n")
        assert patched.status_code == status, matches
    ended = await api.http.delete(where, headers={"authorization": ""})
    assert ended.status_code == 401
    assert (await api.http.delete(where)).status_code == 200
