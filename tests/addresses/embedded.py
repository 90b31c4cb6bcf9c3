"""Addresses of IPv6 that stand for one of IPv4."""

from ipaddress import IPv4Address, IPv6Address


def embedded(ip: IPv4Address) -> list[IPv6Address]:
    """Compatible, mapped, translated, NAT64 twice, 6to4, Teredo, ISATAP."""
    bits = int(ip)
    numbers = (
        bits,
        0xFFFF << 32 | bits,
        0xFFFF << 48 | bits,
        0x64FF9B << 96 | bits,
        0x64FF9B0001 << 80 | bits,
        0x2002 << 112 | bits << 80,
        0x20010000 << 96 | bits ^ 0xFFFFFFFF,
        0x26064700 << 96 | 0x5EFE << 32 | bits,
    )
    return [IPv6Address(number) for number in numbers]
