"""What operators watch, for Prometheus: docs/operation.md says what each is for, with an alert."""

from dataclasses import dataclass, field
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.registry import Collector

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class Metrics:
    """The service's own counters, and whatever else is watched."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    sockets: Gauge = field(init=False)
    streams: Gauge = field(init=False)
    slow: Counter = field(init=False)
    samples_dropped: Counter = field(init=False)

    def __post_init__(self) -> None:
        keep = self.registry
        ProcessCollector(registry=keep)
        self.requests = Counter(
            "v100_requests", "Requests answered", ("operation", "status"), registry=keep
        )
        self.seconds = Histogram(
            "v100_request_seconds", "Time to answer", ("operation",), registry=keep
        )
        self.sockets = Gauge("v100_sockets", "WebSockets that are open", registry=keep)
        self.streams = Gauge("v100_event_streams", "Readers of server-sent events", registry=keep)
        self.slow = Counter(
            "v100_sockets_closed_slow", "Readers closed for reading too slowly", registry=keep
        )
        self.samples_dropped = Counter(
            "v100_samples_dropped",
            "Live samples replaced by newer ones before they were sent",
            registry=keep,
        )

    def watch(self, *collectors: Collector) -> None:
        """Tell of these too."""
        for each in collectors:
            self.registry.register(each)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
