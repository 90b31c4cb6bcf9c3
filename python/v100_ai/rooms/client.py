"""Bots in rooms: publish and receive from Python, over WHIP and WHEP. Extra `rooms`: aiortc.

Both end when their block does. A connection that is lost is made again by the same call.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx2
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from v100_ai.rooms.server import OfferRefused

SDP: Final = "application/sdp"
SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """A meeting's room: the server's address, the meeting's id, and a key or a room token, where one is needed."""

    url: str
    meeting: str
    key: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request brings."""
        return {} if self.key is None else {"authorization": f"Bearer {self.key}"}


@asynccontextmanager
async def publish(
    place: Place, participant: str, tracks: Sequence[MediaStreamTrack]
) -> AsyncGenerator[RTCPeerConnection]:
    """Publish these tracks as that participant. Raises `OfferRefused`."""
    peer = _peer()
    for track in tracks:
        peer.addTrack(track)
    async with _connected(place, "whip", participant, peer):
        yield peer


@asynccontextmanager
async def subscribe(
    place: Place, participant: str, *, audio: int = 2, video: int = 2
) -> AsyncGenerator[RTCPeerConnection]:
    """Receive as that participant by so many lines of each kind; the connection's receivers have the tracks.

    Which participant each line shows is told by `slot.assigned` among the meeting's events. Raises `OfferRefused`.
    """
    peer = _peer()
    for kind, count in (("audio", audio), ("video", video)):
        for _ in range(count):
            peer.addTransceiver(kind, direction="recvonly")
    async with _connected(place, "whep", participant, peer):
        yield peer


def _peer() -> RTCPeerConnection:
    # One transport for all lines from the start: with several, aiortc loses the candidates of those it joins.
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


@asynccontextmanager
async def _connected(
    place: Place, path: str, participant: str, peer: RTCPeerConnection
) -> AsyncGenerator[None]:
    headers = {**place.headers, "content-type": SDP}
    async with httpx2.AsyncClient(
        base_url=place.url, headers=headers, trust_env=False, timeout=SECONDS
    ) as http:
        try:
            await peer.setLocalDescription(await peer.createOffer())
            answer = await http.post(
                f"/v1/meetings/{place.meeting}/{path}",
                params={"participant": participant},
                content=peer.localDescription.sdp.encode(),
            )
            if answer.status_code != httpx2.codes.CREATED:
                raise OfferRefused(f"expected 201, found {answer.status_code}: {answer.text[:300]}")
            await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
            try:
                yield
            finally:
                await http.delete(answer.headers["location"])
        finally:
            await peer.close()
