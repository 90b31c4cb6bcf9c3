"""Log lines say which request, session, tenant, key and peer; never what was said."""

import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.contextvars import merge_contextvars

from tests.api.running import Api, until
from tests.serving import Server
from v100_ai.api import logs

pytestmark = pytest.mark.anyio

SAID = "the canary sings at midnight"


@pytest.fixture
def lines() -> Any:
    """All lines as they are written, with what they carry."""
    found: list[dict[str, Any]] = []

    def take(_: object, __: str, event: Any) -> Any:
        found.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[merge_contextvars, structlog.processors.add_log_level, take])
    yield found
    structlog.configure(**before)


async def test_a_request_is_found_by_all_it_came_with(api: Api, lines):
    meeting = await api.meeting()
    secret = api.key("ingest", session=meeting)
    caption = {"participant": "ana", "start": 0.0, "end": 1.0, "text": SAID}
    headers = {"authorization": f"Bearer {secret}"}
    path = f"/v1/meetings/{meeting}/captions"
    answer = await api.http.post(path, json=caption, headers=headers)
    (line,) = [each for each in lines if each.get("operation") == "meetings.captions"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["session"], line["tenant"], line["status"]) == (meeting, "default", 202)
    assert line["key_id"].startswith("key_")
    assert line["peer"].startswith("127.0.0.1:")
    assert SAID not in json.dumps(lines, default=str)
    assert secret not in json.dumps(lines, default=str)


async def test_one_that_is_refused_says_so_without_who_it_may_be(api: Api, lines):
    await api.http.get("/v1/meetings", headers={"authorization": "Bearer v100_wrong"})
    (line,) = [each for each in lines if each.get("operation") == "meetings.list"]
    assert line["status"] == 401
    assert "tenant" not in line
    assert line["peer"].startswith("127.0.0.1:")


async def test_a_socket_is_told_when_it_opens_and_closes(api: Api, lines):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/ingest") as socket:
        caption = {"type": "caption", "participant": "ana", "start": 0, "end": 1, "text": SAID}
        await socket.send(json.dumps(caption))
        await socket.recv()
    await until(lambda: any(each["event"] == "socket.closed" for each in lines))
    for event in ("socket.opened", "socket.closed"):
        (line,) = [each for each in lines if each["event"] == event]
        assert (line["session"], line["tenant"]) == (meeting, "default")
        assert line["key_id"].startswith("key_")
    assert SAID not in json.dumps(lines, default=str)


class Full(io.StringIO):
    """A disk that is full until told otherwise."""

    full = True

    def flush(self) -> None:
        if self.full:
            self.seek(0)
            self.truncate()
            raise OSError(errno.ENOSPC, "no space left")


def test_lines_that_cannot_be_written_are_counted_and_raise_nothing():
    out = Full()
    lines = logs.Lines(out)
    for number in range(3):
        assert lines.write(f"{number}\n") == 2
    out.full = False
    lines.write("now\n")
    lines.write("then\n")
    assert out.getvalue() == "3 lines of the log could not be written\nnow\nthen\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_log_that_nobody_takes_costs_no_request(tmp_path: Path):
    with Path("/dev/full").open("w") as full, Server(folder=tmp_path, errors=full) as server:
        for _ in range(3):
            meeting = server.ask("POST", "/v1/meetings", {"name": "n"})["id"]
            assert server.ask("POST", f"/v1/meetings/{meeting}/end")["state"] == "ended"
        assert server.stop() == 0
