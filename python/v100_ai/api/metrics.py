"""What operators watch, for Prometheus."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Counts = Callable[[], Mapping[str, Mapping[str, float]]]
"""Counters of a room, by place and name."""


class Rooms(Collector):
    """Counts that rooms keep themselves, read when asked for."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """All of them, as one family with two labels."""
        family = CounterMetricFamily(
            "v100_events_counted", "What rooms of the service count", labels=("room", "what")
        )
        for room, counts in self._counts().items():
            for what, count in counts.items():
                family.add_metric([room, what], count)
        yield family


@dataclass(slots=True)
class Metrics:
    """The service's own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    sockets: Gauge = field(init=False)
    slow: Counter = field(init=False)
    samples_dropped: Counter = field(init=False)
    sessions: Gauge = field(init=False)

    def __post_init__(self) -> None:
        keep = self.registry
        self.requests = Counter(
            "v100_requests", "Requests answered", ("operation", "status"), registry=keep
        )
        self.seconds = Histogram(
            "v100_request_seconds", "Time to answer", ("operation",), registry=keep
        )
        self.sockets = Gauge("v100_sockets", "Readers of live events", registry=keep)
        self.slow = Counter(
            "v100_sockets_closed_slow", "Readers closed for reading too slowly", registry=keep
        )
        self.samples_dropped = Counter(
            "v100_samples_dropped",
            "Live samples replaced by newer ones before they were sent",
            registry=keep,
        )
        self.sessions = Gauge("v100_sessions", "Sessions owned by this server", registry=keep)

    def watch(self, counts: Counts) -> None:
        """Tell of a room's own counters too."""
        self.registry.register(Rooms(counts))

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
