"""PostgreSQL and Redis as Debian packages them, each started for the tests and stopped after them."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest


def program(name: str, package: str) -> str:
    """Where the program is; fails the test with what installs it."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.fail(f"{name} is missing. Install it with: apt-get install {package}")
    return found


class Postgres:
    """A server in a folder of its own, reached through a socket in it: no port, no password, no network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = str(folder / "data")
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        self._run(
            *("initdb", "--pgdata", self._data, "--username", "v100"),
            *("--auth", "trust", "--encoding", "UTF8", "--no-sync"),
        )

    @property
    def url(self) -> str:
        return f"postgresql://v100@/postgres?host={self._folder}"

    def start(self) -> None:
        """Returns once it answers. What it has to say goes to a file: nobody would empty a pipe."""
        self._run(
            *("pg_ctl", "start", "--wait", "--pgdata", self._data),
            *("--log", str(self._folder / "log")),
            *("--options", f"-k {self._folder} -c listen_addresses="),
        )

    def stop(self) -> None:
        """End in order, whoever is connected."""
        self._run("pg_ctl", "stop", "--wait", "--pgdata", self._data, "--mode", "fast")

    def crash(self) -> None:
        """End as a crash does: what is not on the disk is lost."""
        self._run("pg_ctl", "stop", "--wait", "--pgdata", self._data, "--mode", "immediate")

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [program(name, "postgresql"), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            user=self._user,
            cwd=self._folder,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"


class Redis:
    """A server on a port of its own that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(program("redis-server", "redis-server"), "--port", str(self._port)),
                *("--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said: list[str] = []
        for line in self._process.stdout:
            said.append(line)
            if "Ready to accept connections" in line:
                return
        pytest.fail(f"Redis does not start: {''.join(said)}")

    def pause(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests."""
    # Not pytest's own folder: only its owner may enter that, and the server has another user.
    with tempfile.TemporaryDirectory(prefix="v100-postgres-") as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def postgres(postgres_server: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty schema in it."""
    schema = f"t{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(postgres_server.url, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}".encode())
    yield f"{postgres_server.url}&options=-csearch_path%3D{schema}"
    with psycopg.connect(postgres_server.url, autocommit=True) as server:
        server.execute(f"DROP SCHEMA {schema} CASCADE".encode())


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of the test's own."""
    with Redis(tmp_path) as server:
        yield server
