import itertools
from collections.abc import Sequence
from ipaddress import ip_network

import anyio
import httpcore2
import pytest
from anyio.abc import SocketStream

from tests.listening import LOOPBACK, ear
from v100_ai.addresses import Resolver, check, system
from v100_ai.addresses.network import PinnedNetwork
from v100_ai.errors import AddressRefused

pytestmark = pytest.mark.anyio


def names(*answers: Sequence[str]) -> Resolver:
    """A resolver that answers so, one after the other, then always as the last time."""
    each = itertools.chain(answers, itertools.repeat(answers[-1]))

    async def resolve(host: str) -> Sequence[str]:
        return next(each)

    return resolve


async def hello(stream: SocketStream) -> None:
    head = await stream.receive()
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(head) + head)


FORMS = [
    "http://127.0.0.1:{}/",
    "http://127.0.0.2:{}/",
    "http://127.1:{}/",
    "http://2130706433:{}/",
    "http://0x7f000001:{}/",
    "http://0x7f.1:{}/",
    "http://0177.0.0.1:{}/",
    "http://017700000001:{}/",
    "http://0:{}/",
    "http://0.0.0.0:{}/",
    "http://localhost:{}/",
    "http://LOCALHOST:{}/",
    "http://localhost.:{}/",
    "http://localhost.localdomain:{}/",
    "http://127.0.0.1.:{}/",
    "http://[::1]:{}/",
    "http://[::]:{}/",
    "http://[0:0:0:0:0:0:0:1]:{}/",
    "http://[::ffff:127.0.0.1]:{}/",
    "http://[::ffff:7f00:1]:{}/",
    "http://[::ffff:0:127.0.0.1]:{}/",
    "http://[::127.0.0.1]:{}/",
    "http://[64:ff9b::127.0.0.1]:{}/",
    "http://[64:ff9b:1::7f00:1]:{}/",
    "http://[2002:7f00:1::]:{}/",
    "http://[2001:0:7f00:1::80ff:fffe]:{}/",
    "http://[fe80::1%25lo]:{}/",
    "http://[::1%25lo]:{}/",
    "http://user@127.0.0.1:{}/",
    "http://example.com@127.0.0.1:{}/",
    "http://example.com#@127.0.0.1:{}/",
    "http://example.com\\@127.0.0.1:{}/",
    "http://127.0.0.1:{}\\@example.com/",
    "http:\\\\127.0.0.1:{}/",
    "http://127。0。0。1:{}/",
    "http://\uff11\uff12\uff17.0.0.1:{}/",
    "http://①②⑦.0.0.1:{}/",
    "http://ⓛocalhost:{}/",
    "http://%6cocalhost:{}/",
    "http://127.0.0.1%00.example.com:{}/",
    "http://127.0.0.1\r\n:{}/",
    "http://\t127.0.0.1:{}/",
    "http:///127.0.0.1:{}/",
    "http:127.0.0.1:{}/",
    "//127.0.0.1:{}/",
    "http://127.0.0.1:0{}/",
    "http://0xA9FEA9FE:{}/",
    "http://169.254.169.254:{}/",
    "http://100.64.0.1:{}/",
    "gopher://127.0.0.1:{}/",
    "http://rebound.example:{}/",
]
"""Ways to say this machine, or one beside it."""


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_of_a_url_reaches_this_machine(form: str):
    # Every name leads here.
    resolve = names(["127.0.0.1"])
    async with ear() as heard:
        url = form.format(heard.port)
        with pytest.raises(AddressRefused):
            await check(url, resolver=resolve)
        network = PinnedNetwork(allow=(), resolver=resolve)
        host = url.partition("//")[2].split("/")[0].rpartition(":")[0].strip("[]")
        with pytest.raises(AddressRefused):
            await network.connect_tcp(host, heard.port, timeout=1)
        assert heard.connections == 0


async def test_an_opened_network_is_reached_so_the_ear_does_hear():
    async with ear(hello) as heard:
        network = PinnedNetwork(allow=LOOPBACK, resolver=names(["127.0.0.1"]))
        pool = httpcore2.AsyncConnectionPool(network_backend=network)
        async with pool:
            response = await pool.request("GET", f"http://hooks.example:{heard.port}/x")
        assert f"host: hooks.example:{heard.port}".encode() in response.content.lower()
        assert heard.connections == 1


async def test_one_bad_address_among_good_ones_refuses_them_all():
    async with ear() as heard:
        network = PinnedNetwork(
            allow=[ip_network("127.0.0.1/32")], resolver=names(["127.0.0.1", "10.0.0.1"])
        )
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
            await network.connect_tcp("hooks.example", heard.port, timeout=1)
        assert heard.connections == 0


async def test_a_name_that_changes_between_two_looks_is_looked_up_once_a_connection():
    # First the allowed network (127.0.0.9), then the ear's own: had anybody looked again, it would have heard.
    async with ear() as heard:
        network = PinnedNetwork(
            allow=[ip_network("127.0.0.9/32")], resolver=names(["127.0.0.9"], ["127.0.0.1"])
        )
        with pytest.raises(httpcore2.ConnectError):
            await network.connect_tcp("rebound.example", heard.port, timeout=1)
        assert heard.connections == 0
        with pytest.raises(AddressRefused):
            await network.connect_tcp("rebound.example", heard.port, timeout=1)
        assert heard.connections == 0


async def test_the_next_address_is_tried_when_the_first_does_not_answer():
    async with ear(hello) as heard:
        network = PinnedNetwork(allow=LOOPBACK, resolver=names(["127.0.0.9", "127.0.0.1"]))
        stream = await network.connect_tcp("hooks.example", heard.port, timeout=2)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", heard.port)
        await stream.aclose()


@pytest.mark.parametrize("answers", [[], ["8.8.8.8"] * 65])
async def test_a_name_with_no_address_or_with_too_many_is_refused(answers: list[str]):
    with pytest.raises(AddressRefused, match="1 to 64"):
        await check("http://hooks.example/", resolver=names(answers))


async def test_a_name_that_is_not_found_is_refused_with_the_reason():
    async def lost(host: str) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(AddressRefused, match="no such name"):
        await check("http://hooks.example/", resolver=lost)


async def test_a_checked_url_can_be_pinned_for_media():
    found = await check("http://hooks.example:8080/a?b", resolver=names(["2606:4700::1111"]))
    assert found.pinned == "http://[2606:4700::1111]:8080/a?b"


async def test_no_file_of_this_machine_is_a_socket_to_connect_to():
    network = PinnedNetwork(allow=LOOPBACK, resolver=system())
    with pytest.raises(httpcore2.ConnectError):
        await network.connect_unix_socket("/run/docker.sock")


async def test_looking_a_name_up_can_be_given_up():
    async def slow(host: str) -> Sequence[str]:
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.move_on_after(0.01) as scope:
        await check("http://hooks.example/", resolver=slow)
    assert scope.cancelled_caught
