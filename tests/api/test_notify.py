"""What systemd is told: the service starts, lives and stops as a unit of Type=notify does."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import COMMAND, Server
from v100_ai.api.notify import ALIVE, READY, STOPPING, Notify


class Systemd:
    """The other end of the socket."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        self._socket.settimeout(45)

    def next(self) -> str:
        return self._socket.recv(4096).decode()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    found = Systemd(str(tmp_path / "notify"))
    yield found
    found.close()


def test_ready_watchdog_and_stopping_are_told(tmp_path: Path, systemd: Systemd, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.name)
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    with Server(folder=tmp_path, drain_seconds=0) as server:
        assert systemd.next() == READY
        assert "ready" in server.text("/readyz"), "it listens before it says so"
        assert [systemd.next() for _ in range(3)] == [ALIVE] * 3
        server.process.send_signal(signal.SIGTERM)
        while (word := systemd.next()) == ALIVE:
            pass
        assert word == STOPPING
        assert server.process.wait(timeout=45) == 0


def test_a_name_in_the_abstract_space_is_reached():
    systemd = Systemd(f"@v100-test-{os.getpid()}")
    Notify(systemd.name).tell(READY)
    assert systemd.next() == READY
    systemd.close()


def test_without_systemd_nothing_is_told(tmp_path: Path):
    Notify().tell(READY)
    Notify(str(tmp_path / "nobody")).tell(READY)
    assert Notify.from_environment({}).every is None
    assert Notify.from_environment({"WATCHDOG_USEC": "9000000"}).every is None


@pytest.mark.parametrize(
    ("environment", "every"),
    [
        ({"WATCHDOG_USEC": "9000000"}, 3.0),
        ({"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": str(os.getpid())}, 3.0),
        ({"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_three_times_in_its_time(environment, every):
    assert Notify.from_environment({"NOTIFY_SOCKET": "/x", **environment}).every == every


def test_an_address_for_the_metrics_that_is_taken_is_told(tmp_path: Path):

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = subprocess.run(
            [*COMMAND, "serve", "--port", "0"],
            cwd=tmp_path, env=os.environ | {"V100_METRICS_PORT": str(port)},
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert found.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port} for metrics" in found.stderr
