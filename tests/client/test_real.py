"""The client with the service itself, which is killed in between."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from anyio.abc import Process

from tests.delivery.receivers import Good
from tests.listening import ear
from v100_ai.client import AsyncClient, Client, Event, verify
from v100_ai.errors import ServiceUnreachable

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def serving(folder: Path, port: int) -> AsyncIterator[Process]:
    """`v100 serve`, killed when the block ends."""
    command = [sys.executable, "-m", "v100_ai.cli", "serve", "--port", str(port)]
    command += ["--allow-private", "--database", f"sqlite:///{folder / 'v100.db'}"]
    # Who comes after a killed server waits for its lease.
    environment = {**os.environ, "V100_LEASE_SECONDS": "1"}
    async with await anyio.open_process(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            yield server
        finally:
            server.send_signal(signal.SIGKILL)


async def ready(client: AsyncClient) -> None:
    with anyio.fail_after(40):
        while True:
            try:
                await client.meetings.list()
            except ServiceUnreachable:
                await anyio.sleep(0.1)
            else:
                return


def said(number: int) -> dict[str, object]:
    return {
        "participant": "ann",
        "start": float(number),
        "end": number + 0.9,
        "text": f"Sentence number {number}.",
    }


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_reader_and_a_receiver_of_webhooks_outlive_a_killed_service(tmp_path: Path):
    url, good = f"http://127.0.0.1:{(port := free())}", Good()
    seen: list[Event] = []
    enough, over = anyio.Event(), anyio.Event()

    async def watch(client: AsyncClient, meeting: str) -> None:
        async for event in client.meetings.events(meeting):
            seen.append(event)
            if sum(each.type == "transcript.segment" for each in seen) == 15:
                enough.set()
        over.set()

    async with ear(good) as heard, AsyncClient(url) as client, anyio.create_task_group() as group:
        async with serving(tmp_path, port):
            await ready(client)
            hook = f"http://127.0.0.1:{heard.port}/hook"
            meeting = await client.meetings.create(
                name="Q2", ai={"active_speaker": True, "webhook": hook}
            )
            assert meeting.webhook is not None
            assert meeting.webhook.secret is not None
            secret = meeting.webhook.secret
            group.start_soon(watch, client, meeting.id)
            await client.meetings.participants.add(meeting.id, "ann", name="Ann")
            for number in range(20):
                assert await client.meetings.captions.push(meeting.id, said(number)) == 1
            with anyio.fail_after(45):
                await enough.wait()
        async with serving(tmp_path, port):
            await ready(client)
            with anyio.fail_after(60):
                await client.meetings.participants.add(meeting.id, "bob")
            # Sent again: what was acknowledged before is known.
            assert (
                await client.meetings.captions.push(meeting.id, [said(n) for n in range(30)]) == 10
            )
            await client.meetings.end(meeting.id)
            log = (await client.meetings.history(meeting.id, limit=1000)).events
            with anyio.fail_after(60):
                while len({head["webhook-id"] for head, _ in good.requests}) < len(log):  # noqa: ASYNC110
                    await anyio.sleep(0.05)
            with Client(url) as other:
                again = await anyio.to_thread.run_sync(list, other.meetings.events(meeting.id))
                some = other.meetings.events(meeting.id, after=5, types=["transcript.segment"])
                later = await anyio.to_thread.run_sync(list, some)
            # The first reader ends by itself: the session has.
            with anyio.fail_after(45):
                await over.wait()
    assert seen == again == list(log)
    assert later == [each for each in log[5:] if each.type == "transcript.segment"]
    assert [each.seq for each in log] == list(range(1, len(log) + 1))
    assert sum(each.type == "transcript.segment" for each in log) == 30
    arrived = {verify(body, head, secret).seq for head, body in good.requests}
    assert arrived == {each.seq for each in log}
