"""Live events behind nginx as Debian packages it: with the plainest settings, and with those of docs/install.md."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from websockets.asyncio.client import connect

from tests.api.running import Api, types
from tests.servers import Nginx

pytestmark = pytest.mark.anyio

STREAM = {"accept": "text/event-stream"}
PAGE = Path(__file__).parents[2] / "docs" / "install.md"


@pytest.fixture
def plain(api: Api, tmp_path: Path) -> Iterator[Nginx]:
    nginx = Nginx(tmp_path, f"proxy_pass http://127.0.0.1:{api.port};")
    nginx.start()
    yield nginx
    nginx.stop()


@pytest.fixture
def documented(api: Api, tmp_path: Path) -> Iterator[Nginx]:
    """As the page says, but for the port."""
    (told,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (size,) = re.findall(r"client_max_body_size [^;]*;", told)
    location = told.partition("location / {")[2].partition("\n    }")[0]
    location = location.replace("127.0.0.1:8100", f"127.0.0.1:{api.port}")
    nginx = Nginx(tmp_path, location, told.partition("server {")[0] + size)
    nginx.start()
    yield nginx
    nginx.stop()


@asynccontextmanager
async def stream(api: Api, nginx: Nginx, meeting: str) -> AsyncIterator[AsyncIterator[str]]:
    url = f"http://127.0.0.1:{nginx.port}/v1/meetings/{meeting}/events"
    key = {"authorization": f"Bearer {api.secret}"}
    async with (
        httpx2.AsyncClient(trust_env=False, headers=key) as http,
        http.stream("GET", url, headers=STREAM) as answer,
    ):
        assert answer.status_code == 200
        assert "no-transform" in answer.headers["cache-control"]
        yield answer.aiter_lines()


async def heard(lines: AsyncIterator[str], text: str) -> bool:
    async for line in lines:
        if line.startswith("data: ") and json.loads(line[6:])["data"].get("text") == text:
            return True
    return False


@pytest.mark.parametrize("how", ["plain", "documented"])
async def test_every_event_comes_through_before_the_next_is_made(
    api: Api, how: str, request: pytest.FixtureRequest
):
    nginx: Nginx = request.getfixturevalue(how)
    meeting = await api.meeting()
    async with stream(api, nginx, meeting) as lines:
        with anyio.fail_after(45):
            for number in range(5):
                await api.say(meeting, *(f"{n} {number}" for n in range(number + 1)))
                assert await heard(lines, f"{number} {number}")


async def test_sockets_come_through_as_the_page_says(api: Api, documented: Nginx):
    meeting = await api.meeting()
    url = f"ws://127.0.0.1:{documented.port}/v1/meetings/{meeting}"
    key = {"authorization": f"Bearer {api.secret}"}
    async with (
        connect(f"{url}/events", additional_headers=key, proxy=None) as reader,
        connect(f"{url}/ingest", additional_headers=key, proxy=None) as sender,
    ):
        caption = {"type": "caption", "participant": "a", "start": 0, "end": 1, "text": "hello"}
        await sender.send(json.dumps(caption))
        assert json.loads(await sender.recv())["type"] == "ack"
        found: list[dict[str, Any]] = []
        with anyio.fail_after(45):
            while "transcript.segment" not in types(found):
                found.append(json.loads(await reader.recv()))


async def test_as_much_sound_as_may_be_comes_through_as_the_page_says(api: Api, documented: Nginx):
    meeting = await api.meeting()
    url = f"http://127.0.0.1:{documented.port}/v1/meetings/{meeting}/audio"
    key = {"authorization": f"Bearer {api.secret}", "content-type": "audio/l16"}
    asked: dict[str, str | int] = {"participant": "a", "rate": 48_000, "at": 0}
    async with httpx2.AsyncClient(trust_env=False, headers=key) as http:
        answer = await http.post(url, params=asked, content=bytes(4 << 20))
    assert answer.status_code == 202
