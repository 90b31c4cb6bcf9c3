"""Sniffer: what a file on a server begins with, so that what can never be read is told, and not tried again and again."""

import re
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 64 * 1024
"""Bytes of a beginning."""

PROBED: Final = 1 << 20
"""Bytes after which FFmpeg knows what a file is."""

HEADER: Final = 8
"""Bytes of an MP4's box that say its length and its kind (ISO/IEC 14496-12, 4.2)."""

BOM: Final = b"\xef\xbb\xbf"

MARK: Final = b"#EXTM3U"
"""How every playlist begins."""

SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)[,:]")
"""Of a URL, or of a protocol of FFmpeg's with its options (`subfile,,start,…`)."""

QUOTED: Final = re.compile(r'URI="([^"]*)"')
METHOD: Final = re.compile(r"#EXT-X-(?:SESSION-)?KEY:.*METHOD=([A-Z0-9-]+)")


def refused(text: bytes) -> str | None:
    """Why the playlist cannot be read, now or later; `None` where nothing says so."""
    for line in text.decode("utf-8", "replace").splitlines():
        keyed = METHOD.match(line)
        if keyed is not None and keyed[1] != "NONE":
            return f"expected a playlist that is not encrypted, found {keyed[1]}"
        named = QUOTED.findall(line) if line.startswith("#") else [line]
        for each in named:
            scheme = SCHEME.match(each.strip())
            if scheme is not None and scheme[1].lower() not in {"http", "https"}:
                return f"expected http or https in the playlist, found {scheme[1]}"
    return None


def index_last(begins: bytes) -> bool:
    """Whether an MP4's index lies behind its pictures."""
    at = 0
    while at + 2 * HEADER <= len(begins):
        size, kind = int.from_bytes(begins[at : at + 4], "big"), begins[at + 4 : at + HEADER]
        if at == 0 and kind != b"ftyp":
            return False
        if kind in {b"moov", b"mdat"}:
            return kind == b"mdat"
        if size == 1:
            size = int.from_bytes(begins[at + HEADER : at + 2 * HEADER], "big")
        if size < HEADER:
            return False
        at += size
    return False


@dataclass(slots=True)
class Sniffer:
    """One file as far as it was read."""

    size: int | None
    """Bytes its server said it has."""
    ranges: bool
    """Whether the server gives parts of it."""
    taken: int = 0
    _begins: bytearray = field(default_factory=bytearray)

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        self.taken += len(piece)
        if len(self._begins) < KEPT:
            self._begins += piece[: KEPT - len(self._begins)]

    @property
    def playlist(self) -> bool:
        """Whether it leads to other files."""
        return self._begins.removeprefix(BOM).startswith(MARK)

    def hopeless(self, *, media: bool) -> str | None:
        """Why it can never be read, if that shows; `media` is whether it was taken for media at all."""
        begins = bytes(self._begins)
        if self.playlist:
            return refused(begins)
        if not media and self.size is not None and self.taken >= min(self.size, PROBED):
            # All of it came, and it is none: a page that says so, or nothing.
            return (
                "expected media, found an empty file"
                if not self.size
                else "expected media, found none"
            )
        if not self.ranges and index_last(begins):
            return (
                "expected an MP4 with its index at its beginning, or a server that gives parts of it "
                "(ranges), found the index at its end"
            )
        return None
