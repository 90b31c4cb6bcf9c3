"""Spans of requests, for whoever asks for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry import trace

from tests.api.running import running

pytestmark = pytest.mark.anyio


class Tracer:
    def __init__(self) -> None:
        self.names: list[str] = []

    @contextmanager
    def start_as_current_span(self, name: str) -> Iterator[None]:
        self.names.append(name)
        yield


@pytest.mark.parametrize("telemetry", [True, False])
async def test_a_request_is_a_span_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, telemetry: bool
):
    tracer = Tracer()
    monkeypatch.setattr(trace, "get_tracer", lambda _: tracer)
    async with running(tmp_path, telemetry=telemetry) as api:
        await api.http.get("/v1/meetings")
    assert tracer.names == (["meetings.list"] if telemetry else [])
