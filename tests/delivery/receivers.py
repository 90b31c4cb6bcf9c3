"""Receivers of webhooks on loopback, good ones and others."""

import subprocess
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream, SocketStream

from tests.listening import Talk
from tests.programs import program


class Good:
    """Answers every request with the same, and keeps them: head, then body."""

    def __init__(self, answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n") -> None:
        self.answer = answer
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, stream: SocketStream) -> None:
        while True:
            head, body = await request(stream)
            self.requests.append((head, body))
            await stream.send(self.answer)


async def request(stream: ByteReceiveStream) -> tuple[dict[str, str], bytes]:
    """One request: its fields in lower case, `:line` among them, and its body."""
    held = b""
    while b"\r\n\r\n" not in held:
        held += await stream.receive()
    head, _, body = held.partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    found = {
        name.lower(): value.strip() for name, _, value in (each.partition(":") for each in fields)
    }
    while len(body) < int(found["content-length"]):
        body += await stream.receive()
    return {":line": line, **found}, body


def says(
    *parts: bytes,
    pause: float = 0.0,
    forever: bool = False,
    stays: bool = False,
    after: bool = True,
) -> Talk:
    """A receiver that sends the parts, whatever they are, after a request or whatever else it hears first."""

    async def talk(stream: SocketStream) -> None:
        await (request(stream) if after else stream.receive())
        while True:
            for part in parts:
                await stream.send(part)
                await anyio.sleep(pause)
            if not forever:
                break
        if stays:
            await anyio.sleep_forever()

    return talk


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that the host of that name signed itself, and its key."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = [
        program("openssl", package="openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
        "-addext",
        f"subjectAltName=DNS:{name}",
    ]
    command += ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key
