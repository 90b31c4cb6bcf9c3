"""The command itself, told to stop: nobody is left hanging, and everything is let go."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from v100_ai import clock
from v100_ai.store import Store


class Serving:
    """`v100 serve` in a process of its own."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.database = f"sqlite:///{folder / 'v100.db'}"
        command = [sys.executable, "-m", "v100_ai.cli", "serve", "--port", str(port)]
        self.process = subprocess.Popen(
            [*command, "--database", self.database],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"V100_DRAIN_SECONDS": "0.3"},
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().rpartition(" ")[2].strip()


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    made = Serving(tmp_path)
    with made.process:
        yield made
        made.process.kill()


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_lets_go_of_everything(serving: Serving):
    with httpx2.Client(base_url=serving.url, trust_env=False) as http:
        meeting = http.post("/v1/meetings", json={"name": "n"}).json()["id"]
        path = f"{serving.url.replace('http', 'ws')}/v1/meetings/{meeting}/events"
        host, _, port = serving.url.rpartition("/")[2].partition(":")
        with (
            connect(path, proxy=None) as reader,
            socket.create_connection((host, int(port))) as slow,
        ):
            slow.sendall(b"GET / HT")
            assert json.loads(reader.recv())["type"] == "hello"
            serving.process.send_signal(signal.SIGTERM)
            with suppress(ConnectionClosed):
                for each in reader:
                    assert json.loads(each)["type"] != "end"
            assert reader.close_code == 1012
    assert serving.process.wait(timeout=10) == 0
    store = Store.open(serving.database, wall=clock.wall)
    kept = store.session(meeting)
    store.close()
    assert kept is not None
    assert (kept.state, kept.owner) == ("active", None)


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Serving(tmp_path, port).process as process:
            _, said = process.communicate(timeout=20)
    assert process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "Traceback" not in said
