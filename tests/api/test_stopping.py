"""The command itself, told to stop: nobody is left hanging, and everything is let go."""

import json
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.serving import COMMAND, Server
from v100_ai import clock
from v100_ai.store import Store


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'v100.db'}"


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_lets_go_of_everything(database: str):
    with (
        Server("--database", database, drain_seconds=0.3) as serving,
        httpx2.Client(base_url=serving.url, trust_env=False) as http,
    ):
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
        assert serving.process.wait(timeout=45) == 0
    store = Store.open(database, wall=clock.wall)
    kept = store.session(meeting)
    store.close()
    assert kept is not None
    assert (kept.state, kept.owner) == ("active", None)


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_in_one_line(database: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [*COMMAND, "serve", "--port", str(port), "--database", database],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
    assert ran.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in ran.stderr
    assert "Traceback" not in ran.stderr
