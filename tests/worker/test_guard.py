from ipaddress import ip_address

import pytest

from v100_ai.errors import AddressRefused
from v100_ai.worker.child.web import READ, Guard, Web

CLOSED = ("0.0.0.0/8",)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "224.0.0.1",
        "0.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "192.88.99.1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fc00::1",
        "ff02::1",
    ],
)
def test_what_is_not_public_is_closed(address: str):
    assert Guard.of(CLOSED, ()).refusal(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1"])
def test_what_is_public_is_open(address: str):
    assert Guard.of(CLOSED, ()).refusal(ip_address(address)) is None


def test_an_operator_may_open_a_network():
    guard = Guard.of(CLOSED, ("10.9.0.0/16",))
    assert guard.refusal(ip_address("10.9.0.1")) is None
    assert guard.refusal(ip_address("10.8.0.1"))


def test_an_operator_may_close_a_public_network():
    assert Guard.of(("8.8.0.0/16",), ()).refusal(ip_address("8.8.8.8"))


def test_where_nothing_is_closed_everything_is_open():
    assert Guard.of((), ()).refusal(ip_address("127.0.0.1")) is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://8.8.8.8/a",
        "http://",
        "http:///a",
        "http://[::1",
        "http://a:b:c/",
        "http://a:99999/",
        "crypto+http://8.8.8.8/a",
        "http://ho st/",
        "http://host/\r\nX: y",
        "",
    ],
)
def test_what_is_no_url_of_the_web_is_refused_and_kept(url: str):
    web = Web(Guard.of(("0.0.0.0/0", "::/0"), ()), timeout=0.1)
    with pytest.raises(OSError, match=r"\w|$"):
        web.open(url, READ, {})
    assert web.failure is not None


def test_nothing_is_written():
    web = Web(Guard.of((), ()), timeout=0.1)
    with pytest.raises(OSError, match="read only"):
        web.open("http://127.0.0.1:9/", 2, {})
    assert isinstance(web.failure, AddressRefused)
