"""Web: what FFmpeg reads over HTTP, fetched here, so that no connection goes where none may go.

FFmpeg would look a name up again, follow redirects and open whatever a playlist names. Here each of its
requests comes through `Web.open`: only http and https, each hop's addresses looked up once and all of them
checked, connected to by address, TLS asking for the name.
"""

import http.client
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from v100_ai.addresses import IP, Network, refusal
from v100_ai.errors import AddressRefused
from v100_ai.sources.words import shown
from v100_ai.worker.child.sniffing import Sniffer

HOPS: Final = 5
"""Redirects that are followed, one after the other."""

MOST_SEEN: Final = 16
"""Files whose beginnings are kept."""

READ: Final = 0x1
"""AVIO_FLAG_READ."""

OK, PARTIAL, MOVED, ERROR, UNSATISFIABLE = 200, 206, 300, 400, 416


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be connected to: all where nothing is closed; else public ones, and those opened."""

    closed: Sequence[Network]
    opened: Sequence[Network]

    @classmethod
    def of(cls, closed: Sequence[str], opened: Sequence[str]) -> "Guard":
        """From networks as text."""
        return cls(*([ip_network(each) for each in networks] for networks in (closed, opened)))

    def refusal(self, ip: IP) -> str | None:
        """Why a connection may not go there; `None` when it may."""
        if not self.closed:
            return None
        found = refusal(ip, allow=self.opened)
        if found is None and any(ip in network for network in self.closed):
            opened = any(ip in network for network in self.opened)
            found = None if opened else f"{ip} is closed"
        return found

    def connect(self, host: str, port: int, timeout: float, url: str) -> socket.socket:
        """A connection to the first of the host's addresses that takes it; all of them must be admitted."""
        found = [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        addresses = [ip_address(each) for each in dict.fromkeys(map(str, found))]
        for ip in addresses:
            reason = self.refusal(ip)
            if reason is not None:
                raise AddressRefused(shown(url), reason)
        failure: OSError | None = None
        for ip in addresses:
            try:
                return socket.create_connection((str(ip), port), timeout)
            except OSError as error:
                failure = error
        raise failure or OSError("no address")


class Hopeless(OSError):
    """An answer that will be the same: redirects that lead on and on, a file without a byte."""


@dataclass(slots=True)
class Web:
    """Opens what FFmpeg asks for. `failure` is the first error that FFmpeg may have swallowed."""

    guard: Guard
    timeout: float
    """Seconds that a server may be silent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """What each request says besides; sent to every host that it is redirected to, as FFmpeg does."""
    failure: Exception | None = field(default=None, init=False)
    seen: list[Sniffer] = field(default_factory=list[Sniffer], init=False)
    """What the files began with, the first one's first; of a long playlist the rest is not looked at."""

    def open(self, url: str, flags: int, options: Mapping[str, str]) -> "Fetched":
        """The file at that URL, as PyAV's `io_open` wants it."""
        try:
            return self._opened(url, flags, options)
        except (OSError, ValueError, AddressRefused, http.client.HTTPException) as error:
            self.failure = self.failure or error
            raise OSError(str(error)) from error

    def _opened(self, url: str, flags: int, options: Mapping[str, str]) -> "Fetched":
        if flags != READ:
            raise AddressRefused(shown(url), "expected to be read only")
        end = int(options["end_offset"]) if "end_offset" in options else None
        return Fetched(self, url, int(options.get("offset", 0)), end)

    def seeing(self, size: int | None, *, ranges: bool) -> Sniffer:
        """What another file begins with."""
        found = Sniffer(size, ranges=ranges)
        if len(self.seen) < MOST_SEEN:
            self.seen.append(found)
        return found

    def request(self, url: str, span: str) -> http.client.HTTPResponse:
        """The answer to a request for a span of bytes, after redirects.

        Raises `AddressRefused`, `OSError` and `http.client.HTTPException`.
        """
        for _ in range(HOPS + 1):
            answer = self._asked(url, span)
            if not MOVED <= answer.status < ERROR:
                break
            url = urljoin(url, answer.getheader("Location") or "")
            answer.close()
        else:
            raise Hopeless(f"expected {HOPS} redirects at most")
        if answer.status == UNSATISFIABLE and span.startswith("bytes=0-"):
            answer.close()
            raise Hopeless("expected media, found an empty file")
        if answer.status not in {OK, PARTIAL}:
            answer.close()
            raise OSError(f"expected status 200 of the server, found {answer.status}")
        return answer

    def _asked(self, url: str, span: str) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise AddressRefused(shown(url), f"expected http or https, found {parts.scheme}")
        port = parts.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=self.timeout)
        wire = self.guard.connect(parts.hostname, port, self.timeout, url)
        if secure:
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=parts.hostname)
        connection.sock = wire
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fixed = {"Range": span, "Connection": "close"}
        headers = {"User-Agent": "v100", **self.headers, **fixed}
        if parts.username is not None:
            words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + b64encode(words.encode()).decode()
        connection.request("GET", path, headers=headers)
        return connection.getresponse()


def asked_headers(options: Mapping[str, str]) -> dict[str, str]:
    """The headers behind FFmpeg's options of these names."""
    found = dict[str, str]()
    for line in options.get("headers", "").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() not in HOP:
            found[name.strip()] = value.strip()
    for option, header in NAMED.items():
        if option in options:
            found[header] = options[option]
    return found


HOP: Final = frozenset({"connection", "content-length", "host", "range", "transfer-encoding"})
"""Headers that belong to the connection: nobody else sets them."""

NAMED: Final = {"user_agent": "User-Agent", "referer": "Referer", "cookies": "Cookie"}


class Fetched:
    """A file on a server, read as it comes; another place in it is asked for anew where that is possible."""

    def __init__(self, web: Web, url: str, first: int, end: int | None) -> None:
        self._web, self._url, self._first, self._end = web, url, first, end
        self._at = 0
        self._answer: http.client.HTTPResponse | None = self._ask(0)
        answer = self._answer
        self._ranges = answer.status == PARTIAL
        self._size = _size(answer, first, end)
        self._seen = web.seeing(self._size, ranges=self._ranges)

    def read(self, size: int) -> bytes:
        """The next bytes, as many as are there; none at the end."""
        try:
            if self._answer is None:
                self._answer = self._ask(self._at)
            found = self._answer.read1(size)
        except (OSError, AddressRefused, http.client.HTTPException) as error:
            self._web.failure = self._web.failure or error
            raise OSError(str(error)) from error
        self._at += len(found)
        self._seen.take(found)
        return found

    def seekable(self) -> bool:
        """Whether another place can be asked for."""
        return self._ranges and self._size is not None

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place; nothing is asked for before it is read."""
        size = self._size or 0
        to = offset + (0, self._at, size)[whence]
        if not 0 <= to <= size:
            raise OSError(f"expected a place from 0 to {size}, found {to}")
        if to != self._at:
            self.close()
        self._at = to
        return to

    def tell(self) -> int:
        """The place."""
        return self._at

    def close(self) -> None:
        """Hang up."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def _ask(self, at: int) -> http.client.HTTPResponse:
        last = "" if self._end is None else str(self._end - 1)
        answer = self._web.request(self._url, f"bytes={self._first + at}-{last}")
        if answer.status != PARTIAL and self._first + at:
            answer.close()
            raise OSError("expected a server that gives a part of a file")
        return answer


def _size(answer: http.client.HTTPResponse, first: int, end: int | None) -> int | None:
    """Bytes of the file, or of the part of it that is asked for."""
    if end is not None:
        return end - first
    if answer.status == PARTIAL:
        _, _, whole = (answer.getheader("Content-Range") or "").partition("/")
        return int(whole) - first if whole.isdecimal() else None
    return answer.length
