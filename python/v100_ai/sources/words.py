"""What went wrong with an input, in the words of whoever gave it."""

import errno
import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import av

HEAD: Final = 4096
"""Bytes that are looked at to tell what a file is."""

STARVED: Final = "asks for more memory than there is: it is damaged, or larger than can be read"


def shown(source: str) -> str:
    """The source's name as it may be shown: without a password in its URL, in characters that can be written."""
    source = os.fsencode(source).decode("utf-8", "replace")
    try:
        parts = urlsplit(source)
    except ValueError:
        return source
    if "@" not in parts.netloc:
        return source
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def reason(error: Exception) -> str:
    """What FFmpeg or the system says, as part of a sentence."""
    said = getattr(error, "strerror", None) or str(error)
    return str(said)[:1].lower() + str(said)[1:]


def silence(error: Exception, timeout: float) -> str:
    """The same; FFmpeg calls it an exit when an input was silent for too long."""
    if isinstance(error, av.ExitError):
        return f"nothing came for {timeout:g} s"
    return reason(error)


def unopened(source: str, error: Exception, timeout: float) -> str:
    """Why an input could not be opened."""
    if isinstance(error, av.InvalidDataError) or getattr(error, "errno", 0) == errno.EINVAL:
        return _unreadable(source)
    return silence(error, timeout)


BACKWARDS: Final = (
    "expected Y4M on standard input, or a container that can be read forwards; found MP4 with its index at the"
    " end: give it as a file, or write it with -movflags +faststart"
)


def unpiped(head: bytes) -> str:
    """Why standard input could not be opened, by the bytes that it begins with."""
    if not head:
        return "nothing came on standard input"
    if head[4:8] == b"ftyp":
        return BACKWARDS
    return f"expected Y4M on standard input, or a container that can be read forwards, found {kind(head)}"


def _unreadable(source: str) -> str:
    path = Path(source.removeprefix("file:"))
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            if head[4:8] == b"ftyp" and not _has_index(path):
                return "no index (moov) in it: the recording was cut off before it was finished"
    except (OSError, ValueError):
        return "expected media, found something else"
    return "the file is empty" if not head else f"expected media, found {kind(head)}"


def kind(head: bytes) -> str:
    """What a file that is no media seems to be."""
    start = head.lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith((b"{", b"[")):
        return "JSON"
    if not any(head.strip(b"\0")):
        return "zeros"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if wrong.start < len(head) - 4:
            return "bytes of no known format"
    return "text"


def _has_index(path: Path) -> bool:
    """Whether an MP4 has a box `moov` at its top level."""
    size = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(10_000):
            file.seek(at)
            head = file.read(16)
            if len(head) < 8:  # noqa: PLR2004 - a box's length and name
                return False
            if head[4:8] == b"moov":
                return True
            length = int.from_bytes(head[:4], "big")
            length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
            if length < 8 or at + length > size:  # noqa: PLR2004
                return False
            at += length
    return False
