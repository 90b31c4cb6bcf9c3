"""Target: a URL that can be read in one way only. Whatever parsers are known to disagree about is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from v100_ai.addresses.networks import IP
from v100_ai.errors import AddressRefused

WEB: Final[Mapping[str, int]] = {"http": 80, "https": 443}
"""Schemes of webhooks, with the port each means by itself."""

SOURCES: Final[Mapping[str, int]] = {**WEB, "rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443}
"""Schemes that frames are read from over a network."""

NAMED: Final = ("rtsp", "rtsps")
"""Schemes whose URLs may hold a user's name and password: cameras have no other way to be told."""

LONGEST: Final = 2048

LOWEST_PORT: Final = 1024
"""Below it, only the scheme's own: the others belong to mail, shells and file shares."""

HIGHEST_PORT: Final = 65_535

# RFC 3986 without the characters that some parsers repair; a space, a control character, a backslash and whatever
# is not ASCII are none of it.
_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?]*)(?P<path>(?:/[^?]*)?(?:\?.*)?)"
)
_LEGAL: Final = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*")
_USER: Final = re.compile(
    r"(?P<user>[A-Za-z0-9\-._~!$&'()*+,;=%]+(?::[A-Za-z0-9\-._~!$&'()*+,;=%]*)?)@"
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# What the WHATWG's "ends in a number" calls an IPv4 address, however few parts it has.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a URL leads: `host` is lower case ASCII without brackets, `path` has the query with it."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    ip: IP | None
    """The host, when it is written as an address."""
    default_port: bool
    user: str | None = None
    """Name and password as they stand in the URL of a camera."""

    @property
    def netloc(self) -> str:
        """The host as a `Host` header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.default_port else f"{host}:{self.port}"


def target(url: str, *, schemes: Mapping[str, int] = WEB) -> Target:
    """The URL's one meaning. Looks nothing up: whether it may be connected to is not known yet.

    Raises:
        AddressRefused: it is too long, has characters that belong into no URL, another scheme, a user's name, a
            fragment, a port of another service, or a host that is neither a name nor a plain address.
    """
    if len(url) > LONGEST:
        raise AddressRefused(shown(url), f"expected {LONGEST} characters at most, found {len(url)}")
    if not _LEGAL.fullmatch(url):
        raise AddressRefused(shown(url), "expected the characters of RFC 3986, without a fragment")
    parts = _URL.fullmatch(url)
    if parts is None:
        raise AddressRefused(shown(url), "expected scheme://host/path")
    scheme = parts["scheme"].lower()
    if scheme not in schemes:
        raise AddressRefused(shown(url), f"expected {' or '.join(schemes)}, found {scheme}")
    user, rest = _user(url, scheme, parts["authority"])
    authority = _AUTHORITY.fullmatch(rest)
    if authority is None:
        raise AddressRefused(shown(url), "expected host or host:port")
    port = schemes[scheme] if authority["port"] is None else int(authority["port"])
    if port != schemes[scheme] and not LOWEST_PORT <= port <= HIGHEST_PORT:
        raise AddressRefused(
            shown(url),
            f"expected port {schemes[scheme]} or {LOWEST_PORT} to {HIGHEST_PORT}, found {port}",
        )
    host, ip = _host(url, authority["host"].lower())
    return Target(
        url=url,
        scheme=scheme,
        host=host,
        port=port,
        path=_path(parts["path"]),
        ip=ip,
        default_port=port == schemes[scheme],
        user=user,
    )


def _user(url: str, scheme: str, authority: str) -> tuple[str | None, str]:
    """Name and password, where there may be one, and what follows it."""
    named = _USER.match(authority) if scheme in NAMED else None
    rest = authority if named is None else authority[named.end() :]
    if "@" in rest:
        raise AddressRefused(shown(url), "expected no user name or password")
    return (None if named is None else named["user"]), rest


def _path(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _host(url: str, host: str) -> tuple[str, IP | None]:
    """The host without brackets, and the address that it is."""
    if host.startswith("["):
        try:
            ip = IPv6Address(host[1:-1])
        except AddressValueError:
            raise AddressRefused(shown(url), "expected an IPv6 address in the brackets") from None
        if ip.scope_id is not None:
            raise AddressRefused(shown(url), "expected an IPv6 address without a zone")
        return str(ip), ip
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            four = IPv4Address(host)
        except AddressValueError:
            raise AddressRefused(shown(url), "expected an IPv4 address as 192.0.2.1") from None
        return host, four
    # 253 octets is the longest name of RFC 1035 that can be written.
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004
        raise AddressRefused(shown(url), "expected a host name in ASCII without a trailing dot")
    return host, None


def shown(url: str) -> str:
    """The URL as it may stand in a message: without user name, query and what does not print."""
    plain = re.sub(r"[?#].*", "", url[:LONGEST], flags=re.DOTALL)
    plain = re.sub(r"//[^/\\]*@", "//", plain)
    return re.sub(r"[^!-~]", "?", plain[:120])
