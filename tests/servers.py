"""PostgreSQL, Redis and nginx as Debian packages them, each started for the tests and stopped after them."""

import os
import pwd
import signal
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import IO

import psycopg
import pytest

from tests.programs import program


def _emptied(pipe: IO[str]) -> None:
    with pipe:
        deque(pipe, 0)


class Server:
    """A process that ends with this one, however this one ends; to be started by the main thread, as that needs."""

    def __init__(self, user: str | None = None) -> None:
        self._user = user
        self._process: subprocess.Popen[str] | None = None

    def _start(self, command: list[str], ready: str) -> None:
        """Returns once it says that it is ready."""
        self._process = subprocess.Popen(
            [program("setpriv", package="util-linux"), "--pdeathsig", "KILL", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self._user,
        )
        assert self._process.stdout is not None
        said: list[str] = []
        for line in self._process.stdout:
            said.append(line)
            if ready in line:
                break
        else:
            pytest.fail(f"{command[0]} does not start: {''.join(said)}")
        # A pipe that nobody empties would hold the server up once it is full.
        Thread(target=_emptied, args=(self._process.stdout,), daemon=True).start()

    def tell(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self.tell(number)
            self._process.wait()
            self._process = None


class Postgres(Server):
    """A server in a folder of its own, reached through a socket in it: no port, no password, no network."""

    def __init__(self, folder: Path) -> None:
        # PostgreSQL refuses to run as root.
        super().__init__("postgres" if os.geteuid() == 0 else None)
        self._folder = folder
        if self._user is not None:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        made = subprocess.run(
            [
                *(program("initdb", package="postgresql"), "--pgdata", str(folder / "data")),
                *("--username", "v100", "--auth", "trust", "--encoding", "UTF8", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            user=self._user,
            cwd=folder,
            check=False,
        )
        assert made.returncode == 0, made.stderr

    @property
    def url(self) -> str:
        return f"postgresql://v100@/postgres?host={self._folder}"

    def start(self) -> None:
        command = [program("postgres", package="postgresql"), "-D", str(self._folder / "data")]
        options = ["-k", str(self._folder), "-c", "listen_addresses="]
        self._start(command + options, "ready to accept connections")

    def stop(self) -> None:
        """End in order, whoever is connected."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End as a crash does: what is not on the disk is lost."""
        self._end(signal.SIGQUIT)


class Redis(Server):
    """A server on a port of its own that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [program("redis-server", package="redis-server"), "--port", str(self._port)]
        options = ["--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._start(command + options, "Ready to accept connections")

    def stop(self) -> None:
        self._end(signal.SIGKILL)


class Nginx(Server):
    """A proxy on a port of its own before a server on another; `location` is what its one location says."""

    def __init__(self, folder: Path, location: str, http: str = "") -> None:
        super().__init__()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._folder = folder
        # Its workers are of another user otherwise, who may not write into the test's folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"""
            {user}
            daemon off;
            error_log stderr notice;
            pid {folder}/nginx.pid;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path {folder}/body;
                proxy_temp_path {folder}/proxy;
                fastcgi_temp_path {folder}/fastcgi;
                uwsgi_temp_path {folder}/uwsgi;
                scgi_temp_path {folder}/scgi;
                {http}
                server {{
                    listen 127.0.0.1:{self.port};
                    location / {{
                        {location}
                    }}
                }}
            }}
            """
        )

    def start(self) -> None:
        command = [program("nginx", package="nginx"), "-p", str(self._folder)]
        self._start([*command, "-c", str(self._folder / "nginx.conf")], "start worker process")

    def stop(self) -> None:
        self._end(signal.SIGTERM)


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
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()
