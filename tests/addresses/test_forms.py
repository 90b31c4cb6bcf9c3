"""Every way to write an address of this machine, or of one beside it: as a source, as a reference, as a webhook."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest

from tests.addresses.embedded import embedded
from tests.addresses.test_network import FORMS, names
from tests.listening import ear
from v100_ai.addresses import SOURCES, WEB, check
from v100_ai.addresses.network import PinnedNetwork
from v100_ai.errors import AddressRefused

pytestmark = pytest.mark.anyio

CLOSED = ("127.0.0.1", "127.8.9.10", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0")  # noqa: S104
CLOSED6 = ("::1", "::", "fd00:ec2::254", "fe80::1")
USES: Mapping[str, Mapping[str, int]] = {"source": SOURCES, "reference": SOURCES, "webhook": WEB}


def numbers(ip: IPv4Address) -> Iterator[str]:
    """As `inet_aton` reads them: one to four parts, each in any of three bases, zeros before them."""
    a, b, c, d = ip.packed
    parts = ((a, b, c, d), (a, b, int(ip) & 0xFFFF), (a, int(ip) & 0xFFFFFF), (int(ip),))
    for each in parts:
        yield ".".join(map(str, each))
        yield ".".join(map(hex, each))
        yield ".".join(f"0{part:o}" for part in each)
        yield ".".join(f"0x{part:08X}" for part in each)
    yield f"{a}.{b:#o}.{c:#x}.{d}".replace("0o", "0")
    yield f"{ip}."
    yield f"0{ip}"
    yield str(ip).replace(".", "%2e")
    yield "".join(f"%{ord(letter):02x}" for letter in str(ip))
    yield str(ip).translate({ord("."): "。"})
    yield str(ip).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})


def within(ip: IPv4Address) -> Iterator[str]:
    """In an address of six, written both ways."""
    for address in embedded(ip):
        yield f"[{address}]"
        yield f"[{address.exploded}]"
    yield f"[::ffff:{ip}]"
    yield f"[::{ip}]"


def hosts() -> Iterator[str]:
    """All of them, and names that lead there."""
    for ip in map(IPv4Address, CLOSED):
        yield from numbers(ip)
        yield from within(ip)
    for six in map(IPv6Address, CLOSED6):
        yield from (f"[{six}]", f"[{six.exploded}]", f"[{six}%25lo]", f"[{str(six).upper()}]")
    yield from ("localhost", "LocalHost", "localhost.", "localhost6", "rebound.example")
    yield from ("user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1%00.example.com")


ALL = tuple(dict.fromkeys(hosts()))


def urls(port: int) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Each as each use takes it, with all schemes of that use."""
    for (use, schemes), host in itertools.product(USES.items(), ALL):
        for scheme in schemes if use == "source" else ("http",):
            yield f"{scheme}://{host}:{port}/{use}", schemes
    for form in FORMS:
        yield form.format(port), SOURCES


async def test_not_one_of_them_is_connected_to():
    async with ear() as heard:
        tried = 0
        resolve = names(["127.0.0.1"])
        for url, schemes in urls(heard.port):
            with pytest.raises(AddressRefused):
                await check(url, schemes=schemes, resolver=resolve)
            tried += 1
        assert tried >= 3 * 183
        network = PinnedNetwork(allow=(), resolver=resolve)
        for host in ALL:
            with pytest.raises(AddressRefused):
                await network.connect_tcp(host.strip("[]"), heard.port, timeout=1)
        assert heard.connections == 0


@pytest.mark.parametrize("answers", [[ip] for ip in (*CLOSED, *CLOSED6)])
async def test_a_name_that_leads_there_is_refused(answers: Sequence[str]):
    with pytest.raises(AddressRefused):
        await check("https://public.example/", resolver=names(["93.184.216.34", *answers]))
