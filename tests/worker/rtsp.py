"""A camera: RTSP (RFC 2326) with H.264 in RTP (RFC 6184) interleaved in one TCP connection."""

import re
import socketserver
import struct
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

LARGEST: Final = 1200
"""Bytes of an RTP packet's content at most."""

FU_A: Final = 28
"""Type of a fragment of a NAL unit."""

CLOCK: Final = 90_000
"""Ticks a second."""

BEGIN: Final = 123_456
"""Ticks at the first picture: anything but 0."""

SDP: Final = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
)


def coded(pictures: Iterable[np.ndarray]) -> list[list[bytes]]:
    """NAL units of each picture, coded one after the other in the order they are shown."""
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, 25)
    encoder.options = {"bf": "0", "g": "10", "tune": "zerolatency"}
    found = list[list[bytes]]()
    for index, luma in enumerate(pictures):
        if not encoder.is_open:
            encoder.height, encoder.width = luma.shape
        picture = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")
        picture.pts, picture.time_base = index, encoder.time_base
        found += [re.split(b"\0\0\0?\1", bytes(each))[1:] for each in encoder.encode(picture)]
    return found


@dataclass
class Camera:
    """What a camera shows, and what was asked of it."""

    pictures: list[list[bytes]]
    moved: str | None = None
    """Where it sends everybody who asks."""
    interval: float = 0.004
    hangs_up: bool = True
    asked: list[str] = field(default_factory=list[str])
    off: threading.Event = field(default_factory=threading.Event)


class Viewer(socketserver.StreamRequestHandler):
    """One connection."""

    camera: Camera
    sequence = 0

    def handle(self) -> None:
        try:
            while self._answer():
                pass
        except OSError:
            return

    def _answer(self) -> bool:
        """Do what is asked next; whether more may be."""
        line = self.rfile.readline().decode()
        number = "0"
        while header := self.rfile.readline().decode().strip():
            if header.lower().startswith("cseq:"):
                number = header.partition(":")[2].strip()
        method = line.split(" ")[0]
        self.camera.asked.append(method)
        self._say(*self._answers(method), number=number, body=SDP * (method == "DESCRIBE"))
        if method == "PLAY":
            self._play()
            return not self.camera.hangs_up
        return method not in {"", "TEARDOWN"}

    def _answers(self, method: str) -> tuple[str, ...]:
        if self.camera.moved is not None and method == "DESCRIBE":
            return "302 Found", f"Location: {self.camera.moved}"
        headers = {
            "OPTIONS": "Public: DESCRIBE, SETUP, PLAY, TEARDOWN",
            "DESCRIBE": "Content-Type: application/sdp",
            "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1",
        }
        return "200 OK", headers.get(method, "Session: 1")

    def _say(self, status: str, *headers: str, number: str, body: str = "") -> None:
        lines = [f"RTSP/1.0 {status}", f"CSeq: {number}", *headers, f"Content-Length: {len(body)}"]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def _play(self) -> None:
        for index, picture in enumerate(self.camera.pictures):
            for unit in picture:
                self._unit(unit, BEGIN + index * CLOCK // 25, last=unit is picture[-1])
            self.wfile.flush()
            if self.camera.off.wait(self.camera.interval):
                return

    def _unit(self, unit: bytes, time: int, *, last: bool) -> None:
        if len(unit) <= LARGEST:
            self._packet(unit, time, marker=last)
            return
        head, rest = unit[0], unit[1:]
        for at in range(0, len(rest), LARGEST):
            begins, ends = at == 0, at + LARGEST >= len(rest)
            fragment = bytes([head & 0xE0 | FU_A, begins << 7 | ends << 6 | head & 0x1F])
            self._packet(fragment + rest[at : at + LARGEST], time, marker=last and ends)

    def _packet(self, content: bytes, time: int, *, marker: bool) -> None:
        self.sequence = self.sequence + 1 & 0xFFFF
        head = struct.pack(">BBHII", 0x80, marker << 7 | 96, self.sequence, time, 7)
        packet = head + content
        self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet)


@contextmanager
def filmed(camera: Camera) -> Iterator[str]:
    """The camera's URL."""
    handler = type("Here", (Viewer,), {"camera": camera})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"rtsp://127.0.0.1:{server.server_address[1]}/1"
        finally:
            camera.off.set()
            server.shutdown()
            thread.join()
