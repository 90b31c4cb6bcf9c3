"""Which addresses belong to the public Internet, and to nothing that a server must not be made to talk to."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

EVERYWHERE: Final[tuple[Network, ...]] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""What an operator allows who allows private addresses."""

# The standard library's `is_global` calls some of these global, and which depends on its version; here every
# version of Python refuses the same (IANA's special-purpose registries).
CLOSED: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(net), name)
    for net, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's own services"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relays"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/96", "IPv4 within IPv6, or this machine"),
        ("::ffff:0:0/96", "IPv4 within IPv6"),
        ("::ffff:0:0:0/96", "IPv4 within IPv6"),
        ("64:ff9b::/96", "IPv4 behind NAT64"),
        ("64:ff9b:1::/48", "IPv4 behind NAT64"),
        ("fe80::/10", "link-local"),
        ("fc00::/7", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved for protocols, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "IPv4 within 6to4"),
        ("3fff::/20", "documentation"),
    )
)

UNICAST: Final = IPv6Network("2000::/3")
"""All that is given out of IPv6 so far."""

ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})
"""Third quarter of an IPv6 address whose last quarter is an IPv4 address (RFC 5214, section 6.1)."""


def refusal(ip: IP, *, allow: Sequence[Network] = ()) -> str | None:
    """Why the address may not be connected to; `None` when it may. `allow` are networks an operator opened."""
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return f"{ip} has a zone"
    if any(ip in network for network in allow):
        return None
    for network, name in CLOSED:
        if ip in network:
            return f"{ip} is not public: {name}"
    if isinstance(ip, IPv6Address):
        if ip not in UNICAST:
            return f"{ip} is not public: not given out"
        if int(ip) >> 32 & 0xFFFFFFFF in ISATAP:
            return f"{ip} is not public: IPv4 within ISATAP"
    return None if ip.is_global and not ip.is_multicast else f"{ip} is not public"
