"""What must never be seen: keys, secrets, tickets, what people said, passwords of sources."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import pytest
import structlog

from tests.api.running import MEETING, events, running
from v100_ai.api import logs

pytestmark = pytest.mark.anyio

SAID = "zebrafish-canary"
PASSWORD = "hunter2-canary"  # noqa: S105  # nobody's
QUERY = "token-canary"
SOURCE = f"rtsp://user:{PASSWORD}@camera.example/live?{QUERY}"


@contextmanager
def logged(form: str) -> Iterator[io.StringIO]:
    """What the service logs meanwhile."""
    kept, handlers = structlog.get_config(), logging.root.handlers[:]
    with redirect_stderr(io.StringIO()) as found:
        logs.set_up(form)
        structlog.configure(cache_logger_on_first_use=False)
        try:
            yield found
        finally:
            structlog.configure(**kept)
            logging.root.handlers[:] = handlers
            logging.getLogger("uvicorn").setLevel(logging.NOTSET)


@pytest.mark.parametrize("form", ["json", "console"])
async def test_no_secret_is_seen_where_it_does_not_belong(folder, form, monkeypatch):
    seen: list[str] = []
    with logged(form) as lines:
        async with running(folder, allow_private=True) as api:

            async def ask(method: str, path: str, **more) -> Any:
                answer = await api.http.request(method, path, **more)
                seen.append(answer.text + str(answer.headers))
                return answer.json() if "json" in answer.headers.get("content-type", "") else {}

            answer = await api.http.post("/v1/keys", json={"name": "n", "scopes": ["read"]})
            key = answer.json()["secret"]
            hook = {"url": f"https://hooks.invalid/hook?{QUERY}"}
            secret = (await api.http.post("/v1/webhooks", json=hook)).json()["secret"]
            ai = {"ai": {"highlights": True, "webhook": hook["url"]}}
            made = await api.http.post("/v1/meetings", json=MEETING | ai)
            assert made.status_code == 201, made.text
            meeting, second = made.json()["id"], made.json()["webhook"]["secret"]
            home = f"/v1/meetings/{meeting}"
            ticket = (await api.http.post(f"{home}/tickets")).json()["ticket"]
            secrets = [api.secret, key, secret, second, ticket, PASSWORD]

            await api.say(meeting, f"We will {SAID} on Friday.")
            path = f"{home}/events?ticket={ticket}"
            async with api.socket(path, secret=None) as socket:
                await events(socket, until="transcript.segment")
            with pytest.raises(Exception, match="401"):
                async with api.socket(path, secret=None):
                    pass
            await ask("GET", path)
            stream = await ask("POST", "/v1/streams", json={"name": "n", "source": SOURCE})
            if "id" in stream:
                await ask("GET", f"/v1/streams/{stream['id']}")
            await ask("POST", "/v1/streams", json={"source": SOURCE, "x": SOURCE})
            await ask("POST", f"{home}/captions", json={"text": SAID, "participant": SAID})
            await ask("POST", f"{home}/captions", json=[{"text": SAID}, SAID])
            await ask("POST", "/v1/webhooks", json={"url": f"https://u:{PASSWORD}@a.example/"})
            for path in ("/v1/keys", "/v1/webhooks", home, f"{home}/report.json", "/v1/meetings"):
                await ask("GET", path)

            async def broken(*_: object) -> None:
                raise ZeroDivisionError(f"{SAID} {api.secret}")

            with monkeypatch.context() as patch:
                patch.setattr(type(api.service), "record", broken)
                await ask("GET", home)
            await api.http.post(f"{home}/end")
            for path in (
                "/metrics",
                f"{home}/report",
                f"{home}/report.json",
                f"{home}/report.parquet",
            ):
                await ask("GET", path)
            assert SAID in (await api.http.get(f"{home}/report?transcript=true")).text

    written = lines.getvalue()
    assert "ZeroDivisionError" in written
    assert "webhooks.create" in written
    assert SAID not in written
    assert QUERY not in written
    for number, each in enumerate(secrets):
        assert each not in written, number
        for text in seen:
            assert each not in text, (number, text)
    assert not [text for text in seen if SAID in text and "captions" not in text]


def test_a_socket_that_was_refused_is_no_fault_in_the_log():
    with logged("json") as lines:
        uvicorn = logging.getLogger("uvicorn.error")
        uvicorn.error("ASGI callable returned without completing handshake.")
        uvicorn.error("another")
        assert lines.getvalue() == "uvicorn.error: another\n"
