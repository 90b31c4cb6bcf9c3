import pytest
from hypothesis import given, strategies as st

from v100_ai.addresses import SOURCES, shown, target
from v100_ai.addresses.target import LONGEST
from v100_ai.errors import AddressRefused


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "netloc"),
    [
        ("https://example.com", "example.com", 443, "/", "example.com"),
        ("HTTPS://Example.COM/Hooks?a=1", "example.com", 443, "/Hooks?a=1", "example.com"),
        ("http://example.com:80/", "example.com", 80, "/", "example.com"),
        ("http://example.com:8080?x", "example.com", 8080, "/?x", "example.com:8080"),
        ("http://192.0.2.1/a//b", "192.0.2.1", 80, "/a//b", "192.0.2.1"),
        ("http://[2001:DB8::1]:9000/", "2001:db8::1", 9000, "/", "[2001:db8::1]:9000"),
        (
            "https://xn--bcher-kva.example/%2F",
            "xn--bcher-kva.example",
            443,
            "/%2F",
            "xn--bcher-kva.example",
        ),
        ("http://my_service.internal/", "my_service.internal", 80, "/", "my_service.internal"),
    ],
)
def test_an_ordinary_url_is_read_as_it_is(url: str, host: str, port: int, path: str, netloc: str):
    found = target(url)
    assert (found.host, found.port, found.path, found.netloc) == (host, port, path, netloc)


def test_a_source_may_have_the_schemes_of_media():
    assert target("rtsp://camera.example/1", schemes=SOURCES).port == 554
    assert target("rtmp://live.example/app/key", schemes=SOURCES).port == 1935
    with pytest.raises(AddressRefused, match="rtsp"):
        target("rtsp://camera.example/1")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "scheme"),
        ("example.com/hooks", "scheme"),
        ("//example.com/", "scheme"),
        ("http:/example.com", "scheme"),
        ("http:example.com", "scheme"),
        ("ftp://example.com/", "ftp"),
        ("file:///etc/passwd", "file"),
        ("gopher://example.com:6379/_INFO", "gopher"),
        ("javascript://example.com/%0aalert(1)", "javascript"),
        ("http:///path", "host name"),
        ("http://?x", "host name"),
        ("http://:8080/", "host name"),
        ("http://user@example.com/", "user name"),
        ("http://user:word@example.com/", "user name"),
        ("http://example.com@127.0.0.1/", "user name"),
        ("http://127.0.0.1:80@example.com/", "user name"),
        ("http://example.com#@127.0.0.1/", "RFC 3986"),
        ("http://example.com/#fragment", "RFC 3986"),
        ("http://example.com\\@127.0.0.1/", "RFC 3986"),
        ("http:\\\\127.0.0.1\\", "RFC 3986"),
        ("http://example.com/\r\nHost: 127.0.0.1", "RFC 3986"),
        ("http://example.com/\x00", "RFC 3986"),
        ("http://example.com/a b", "RFC 3986"),
        (" http://example.com/", "RFC 3986"),
        ("http://example.com/\n", "RFC 3986"),
        ("http://127。0。0。1/", "RFC 3986"),
        ("http://127\uff0e0\uff0e0\uff0e1/", "RFC 3986"),
        ("http://①②⑦.⓪.⓪.①/", "RFC 3986"),
        ("http://bücher.example/", "RFC 3986"),
        ("http://exa%6dple.com/", "host name"),
        ("http://%31%32%37.0.0.1/", "IPv4"),
        ("http://127.0.0.1%2f@example.com/", "user name"),
        ("http://example.com./", "trailing dot"),
        ("http://127.0.0.1./", "trailing dot"),
        ("http://localhost./", "trailing dot"),
        ("http://.example.com/", "host name"),
        ("http://a..b/", "host name"),
        ("http://-a.example/", "host name"),
        (f"http://{'a' * 64}.example/", "host name"),
        (f"http://{'a.' * 126}example/", "host name"),
        ("http://2130706433/", "IPv4"),
        ("http://0x7f000001/", "IPv4"),
        ("http://0x7f.0.0.1/", "IPv4"),
        ("http://0177.0.0.1/", "IPv4"),
        ("http://017700000001/", "IPv4"),
        ("http://127.1/", "IPv4"),
        ("http://127.0.1/", "IPv4"),
        ("http://127.0.0.01/", "IPv4"),
        ("http://127.0.0.1.1/", "IPv4"),
        ("http://127.0.0.0x1/", "IPv4"),
        ("http://256.0.0.1/", "IPv4"),
        ("http://0/", "IPv4"),
        ("http://[::1%25eth0]/", "zone"),
        ("http://[fe80::1%eth0]/", "zone"),
        ("http://[::1/", "host or host:port"),
        ("http://[]/", "IPv6"),
        ("http://[127.0.0.1]/", "IPv6"),
        ("http://[::1]x/", "host or host:port"),
        ("http://[::ffff:0177.0.0.1]/", "IPv6"),
        ("http://::1/", "host or host:port"),
        ("http://example.com:/", "host or host:port"),
        ("http://example.com:0/", "port"),
        ("http://example.com:22/", "port"),
        ("http://example.com:25/", "port"),
        ("http://example.com:443/", "port"),
        ("http://example.com:65536/", "port"),
        ("http://example.com:99999999/", "host or host:port"),
        ("http://example.com:80:80/", "host or host:port"),
        ("http://example.com:+80/", "host or host:port"),
        ("http://example.com:\uff18\uff10/", "RFC 3986"),
        (f"http://example.com/{'a' * LONGEST}", str(LONGEST)),
    ],
)
def test_a_url_that_can_be_read_in_two_ways_is_not_read_at_all(url: str, why: str):
    with pytest.raises(AddressRefused, match=why):
        target(url)


@given(
    st.text(max_size=60) | st.text("htp:/[]@.0127x%\\\r\n#?", max_size=40).map("http://".__add__)
)
def test_whatever_the_text_it_is_a_target_or_refused(text: str):
    try:
        found = target(text)
    except AddressRefused as error:
        message = str(error)
    else:
        assert found.host.isascii()
        assert 0 < found.port < 65536
        assert found.path.startswith("/")
        message = found.netloc + found.path
    assert message.isascii()
    assert message.isprintable()


@given(st.ip_addresses())
def test_an_address_in_a_url_is_that_address(ip: object):
    text = f"[{ip}]" if ":" in str(ip) else str(ip)
    found = target(f"http://{text}/").ip
    assert found is not None
    assert found == ip


def test_a_message_shows_neither_password_nor_query():
    text = shown("https://user:canary@example.com/hooks?token=canary#canary")
    assert "canary" not in text
    assert text == "https://example.com/hooks"
    assert "\r" not in shown("http://a/\r\nX: y")
