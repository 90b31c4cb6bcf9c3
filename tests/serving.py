"""`v100 serve` in a process of its own, as an operator runs it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

READY = "v100 serve: "

COMMAND = (sys.executable, "-m", "v100_ai.cli")


class Server:
    """The service, killed at the end of its block; on a free port unless `words` say another.

    `settings` go by its environment; `errors` is where it writes its log, or `subprocess`'s word.
    """

    def __init__(
        self,
        *words: str,
        folder: Path | None = None,
        errors: IO[str] | int | None = None,
        **settings: object,
    ) -> None:
        given = {f"V100_{name.upper()}": str(value) for name, value in settings.items()}
        port = () if "--port" in words else ("--port", "0")
        self.process = subprocess.Popen(
            [*COMMAND, "serve", *port, *words],
            cwd=folder,
            env=os.environ | given,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith(READY), f"expected where it serves, found {line!r}"
        self.url = line.removeprefix(READY).strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """As kill -9 does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; what it ends with."""
        self.process.send_signal(how)
        self.process.communicate(timeout=45)
        return self.process.returncode

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers, from JSON."""
        request = urllib.request.Request(  # noqa: S310  # our own server
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def text(self, path: str) -> str:
        """What it answers, as it is."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())
