from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, strategies as st

from tests.addresses.embedded import embedded
from v100_ai.addresses import refusal
from v100_ai.addresses.networks import CLOSED

four = st.ip_addresses(v=4)


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.1", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
        *("168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8"),
        *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "2002:7f00:1::"),
        *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2001:10::1"),
        *("3fff::1", "5f00::1", "100::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254"),
        *("fd20:ce::254", "ff02::1", "4000::1", "2606:4700::200:5efe:127.0.0.1"),
        *("2606:4700::5efe:127.0.0.1", "fe80::1%eth0", "2606:4700::1%eth0"),
    ],
)
def test_what_is_not_public_is_refused(text: str):
    assert refusal(ip_address(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
    ],
)
def test_what_is_public_is_not(text: str):
    assert refusal(ip_address(text)) is None


@given(four)
def test_no_way_of_writing_ipv4_into_ipv6_gets_through(ip: IPv4Address):
    assert all(refusal(each) is not None for each in embedded(ip))


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(ip: IPv4Address | IPv6Address):
    if ip.is_private or ip.is_multicast or ip.is_loopback or ip.is_link_local or ip.is_reserved:
        assert refusal(ip) is not None


def test_every_closed_network_is_closed_from_its_first_to_its_last():
    assert len(CLOSED) > 20
    for network, _ in CLOSED:
        assert refusal(network[0]) is not None
        assert refusal(network[-1]) is not None


def test_an_operator_opens_what_is_named_and_nothing_beside():
    allow = [ip_network("127.0.0.0/8")]
    assert refusal(ip_address("127.0.0.1"), allow=allow) is None
    assert refusal(ip_address("::1"), allow=allow) is not None
    assert refusal(ip_address("::ffff:127.0.0.1"), allow=allow) is not None
    assert refusal(ip_address("10.0.0.1"), allow=allow) is not None
    assert refusal(ip_address("fe80::1%lo"), allow=[ip_network("fe80::/10")]) is not None
