"""Spans of OpenTelemetry, for whoever runs the server under its tools. Imported when asked for."""

from collections.abc import Generator
from contextlib import contextmanager

from v100_ai.errors import ExtraMissing


@contextmanager
def span(name: str) -> Generator[None]:
    """A span around an operation. Raises `ExtraMissing`."""
    try:
        from opentelemetry import trace  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ExtraMissing("telemetry", "opentelemetry-api") from error
    with trace.get_tracer("v100_ai").start_as_current_span(name):
        yield
