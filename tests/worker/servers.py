"""Servers that a test starts itself: files over HTTP, and answers by the path that is asked for."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request, answered by what the server has under its path."""

    protocol_version = "HTTP/1.1"
    answers: dict[str, bytes | Answer] = {}  # noqa: RUF012 - each server has a class of its own
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.asked.append(path)
        answer = self.answers.get(path)
        if answer is None:
            self.send_error(404)
        elif callable(answer):
            answer(self)
        else:
            self.give(answer)
        self.close_connection = True

    def give(self, content: bytes) -> None:
        """The content, or the part of it that is asked for."""
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        part = content[int(first) : int(last) + 1 if last else None]
        self.send_response(206)
        self.send_header(
            "Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        )
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def begin(self) -> None:
        """An answer of unknown length, that ends when the connection does."""
        self.send_response(200)
        self.end_headers()

    def redirect(self, to: str) -> None:
        """Go elsewhere."""
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            # Workers hang up in the middle.
            return

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def web(
    tls: ssl.SSLContext | None = None, **answers: bytes | Path | Answer
) -> Iterator[tuple[str, list[str]]]:
    """A server's URL, and the paths that were asked of it; `_` in a name stands for a dot in its path."""
    content = {
        "/" + name.replace("_", "."): each.read_bytes() if isinstance(each, Path) else each
        for name, each in answers.items()
    }
    paths = list[str]()
    handler = type("Here", (Asked,), {"answers": content, "asked": paths})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
            yield f"{scheme}://{host}:{server.server_port}", paths
        finally:
            server.shutdown()
            thread.join()
