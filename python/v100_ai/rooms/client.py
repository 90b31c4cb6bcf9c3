"""Bots in rooms: publish and receive from Python, over WHIP and WHEP. Extra `rooms`: aiortc.

Both end when their block does. `stay` publishes until it is cancelled, and again whenever the connection is lost.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, NoReturn

import anyio
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
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
SECONDS: Final = 10.0
GOODBYE: Final = 3.0
LOOK: Final = 1.0
"""Seconds between two looks at whether the server still knows a connection that is to stay."""
PAUSE: Final = 0.3
"""Seconds until it is tried again."""


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


async def stay(
    place: Place, participant: str, tracks: Callable[[], Sequence[MediaStreamTrack]]
) -> NoReturn:
    """Publish until cancelled; anew, with new `tracks`, when the server was killed, or knows nothing of it any more.

    Raises `OfferRefused` where the server is there and will not have it.
    """
    while True:
        peer = _peer()
        for track in tracks():
            peer.addTrack(track)
        try:
            async with _connected(place, "whip", participant, peer) as connected:
                while await connected.known():  # noqa: ASYNC110  # a server that is gone tells nobody
                    await anyio.sleep(LOOK)
        except httpx2.TransportError:
            pass  # it is not there yet
        await anyio.sleep(PAUSE)


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


@dataclass(frozen=True, slots=True)
class _Connection:
    http: httpx2.AsyncClient
    location: str
    etag: str

    async def known(self) -> bool:
        """Whether the server knows of it."""
        headers = {"content-type": FRAGMENT, "if-match": self.etag}
        try:
            answer = await self.http.patch(
                self.location, headers=headers, content=b"a=end-of-candidates\r\n"
            )
        except httpx2.TransportError:
            return False
        return answer.status_code != httpx2.codes.NOT_FOUND


@asynccontextmanager
async def _connected(
    place: Place, path: str, participant: str, peer: RTCPeerConnection
) -> AsyncGenerator[_Connection]:
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
            location = answer.headers["location"]
            try:
                yield _Connection(http, location, answer.headers["etag"])
            finally:
                # A server that is gone has ended it already; whoever is cancelled says goodbye as well.
                with anyio.move_on_after(GOODBYE, shield=True), suppress(httpx2.TransportError):
                    await http.delete(location)
        finally:
            with anyio.CancelScope(shield=True):
                await peer.close()
