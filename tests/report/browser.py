"""A real browser without a window, to look at pages with."""

import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import anyio
from websockets.asyncio.client import ClientConnection, connect

from tests.programs import program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--window-size=1400,1400",
)


def found() -> str:
    """The browser's command."""
    return program(*NAMES, package="chromium")


@dataclass(slots=True)
class Page:
    """A page that stays open, driven by the DevTools protocol."""

    socket: ClientConnection
    calls: int = 0

    async def evaluate(self, script: str) -> Any:
        """What the script gives."""
        self.calls += 1
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True}
        call = {"id": self.calls, "method": "Runtime.evaluate", "params": asked}
        await self.socket.send(json.dumps(call))
        async for message in self.socket:
            answer = json.loads(message)
            if answer.get("id") == self.calls:
                assert "exceptionDetails" not in answer["result"], answer["result"]
                return answer["result"]["result"].get("value")
        raise AssertionError("the browser has gone")


@asynccontextmanager
async def page(url: str, profile: Path, *flags: str) -> AsyncIterator[Page]:
    """A browser with that page, for as long as the block lasts."""
    more = (f"--user-data-dir={profile}", "--remote-debugging-port=0")
    command = [found(), *FLAGS, *flags, *more, url]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: ASYNC220
        try:
            port = profile / "DevToolsActivePort"
            with anyio.fail_after(30):
                while not port.exists() or not port.read_text():  # noqa: ASYNC110  # no event
                    await anyio.sleep(0.05)
            listed = f"http://127.0.0.1:{port.read_text().splitlines()[0]}/json/list"
            tabs = json.loads(await anyio.to_thread.run_sync(_read, listed))
            tab = next(each for each in tabs if each["type"] == "page")
            async with connect(tab["webSocketDebuggerUrl"], proxy=None, max_size=None) as socket:
                shown = Page(socket)
                # What is evaluated before the page is there goes with the empty one.
                there = f"location.href === {json.dumps(url)} && document.readyState === 'complete'"
                with anyio.fail_after(30):
                    while not await shown.evaluate(there):  # noqa: ASYNC110
                        await anyio.sleep(0.05)
                yield shown
        finally:
            process.kill()


def _read(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:  # noqa: S310  # our own browser
        content: bytes = answer.read()
    return content


def dom(page: Path, profile: Path) -> str:
    """The page's document after its script has run."""
    ran = subprocess.run(
        [found(), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=50,
        text=True,
    )
    return ran.stdout


def facts(document: str) -> dict[str, str]:
    """What the script says it drew: the data attributes of the root element."""
    root = re.search(r"<html[^>]*>", document)
    assert root
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', root[0]))
