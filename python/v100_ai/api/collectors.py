"""What is read when somebody asks for the counters: of the database, the webhooks, the sources, the sessions, the money."""

import platform
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from v100_ai.bus import Bus
from v100_ai.config import Settings
from v100_ai.delivery import Dispatcher
from v100_ai.delivery.counts import OF_SESSION, OTHERS
from v100_ai.errors import StoreUnavailable
from v100_ai.hub import Hub
from v100_ai.hub.sources import LATE_S
from v100_ai.layers.highlights.watched import Watched
from v100_ai.store import BOUNDS, Backlog, Store

MOST_ENDPOINTS: Final = 1_000
"""Endpoints that are told apart; the rest is one."""

Counted = Callable[[], Mapping[str, Mapping[str, float]]]


def gauge(name: str, said: str, value: float) -> Metric:
    """One number that goes up and down."""
    return GaugeMetricFamily(name, said, value=value)


def counter(name: str, said: str, value: float) -> Metric:
    """One number that only grows."""
    return CounterMetricFamily(name, said, value=value)


class Layers(Collector):
    """What the layers of sessions count, summed over all this server had; and what goes up and down, over those it has."""

    def __init__(self, counts: Counted, now: Counted) -> None:
        self._counts, self._now = counts, now

    def collect(self) -> Iterable[Metric]:
        """All of them, as two families with two labels."""
        labels = ("room", "what")
        grown: Metric = CounterMetricFamily(
            "v100_events_counted", "What the layers of sessions count", labels=labels
        )
        now: Metric = GaugeMetricFamily(
            "v100_events_now", "What the layers of sessions have now", labels=labels
        )
        for family, told in ((grown, self._counts), (now, self._now)):
            for room, counts in told().items():
                for what, count in counts.items():
                    family.add_metric([room, what], count)  # type: ignore[attr-defined]
            yield family


class Build(Collector):
    """Which program this is."""

    def __init__(self, settings: Settings) -> None:
        self._database = settings.database.partition(":")[0].partition("+")[0]

    def collect(self) -> Iterable[Metric]:
        """Version, Python, kind of database."""
        told = {
            "version": version("v100_ai"),
            "python": platform.python_version(),
            "database": self._database,
        }
        yield InfoMetricFamily("v100_build", "The program", value=told)


class DatabaseState(Collector):
    """Whether writes go well, how long they take, and how large the database is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterable[Metric]:
        """What is known without it comes first: it may be away."""
        health = self._store.health
        outage = health.outage is not None
        yield gauge("v100_database_outage", "1 while writes fail", outage)
        yield counter("v100_database_outages", "Times that writes began to fail", health.outages)
        yield counter("v100_database_failures", "Transactions that failed", health.failed)
        yield _histogram(health.buckets, health.seconds)
        if outage:
            return
        try:
            size = self._store.size()
        except (StoreUnavailable, OSError):
            return
        family = GaugeMetricFamily("v100_database_bytes", "Size", labels=("part",))
        for part, count in size.items():
            if part != "free":
                family.add_metric([part], count)
        yield family
        if "free" in size:
            yield gauge("v100_database_free_bytes", "Left on SQLite's disk", size["free"])


def _histogram(counts: list[int], seconds: float) -> Metric:
    family = HistogramMetricFamily(
        "v100_database_commit_seconds", "Time of transactions that write, to the disk"
    )
    total, buckets = 0, []
    for bound, count in zip((*BOUNDS, float("inf")), counts, strict=True):
        total += count
        buckets.append((floatToGoString(bound), float(total)))  # type: ignore[no-untyped-call]
    family.add_metric([], buckets, seconds)
    return family


class Webhooks(Collector):
    """What was sent, and what waits."""

    def __init__(self, store: Store, dispatcher: Dispatcher, wall: Callable[[], float]) -> None:
        self._store, self._dispatcher, self._wall = store, dispatcher, wall

    def collect(self) -> Iterable[Metric]:
        """By endpoint; those that belong to one session are one."""
        counts = self._dispatcher.counts
        family = CounterMetricFamily(
            "v100_webhook_attempts", "Requests to endpoints", labels=("endpoint", "outcome")
        )
        for (endpoint, outcome), count in sorted(counts.endpoints.items()):
            family.add_metric([endpoint, outcome], count)
        yield family
        reasons = CounterMetricFamily(
            "v100_webhook_reasons", "How requests to endpoints ended", labels=("reason",)
        )
        for reason, count in sorted(counts.reasons.items()):
            reasons.add_metric([str(reason)], count)
        yield reasons
        yield counter("v100_webhook_retries", "Requests that were not the first", counts.retried)
        yield counter(
            "v100_webhook_endpoints_disabled", "Endpoints that were given up", counts.disabled
        )
        yield gauge("v100_webhook_in_flight", "Requests under way", counts.in_flight)
        if self._store.health.outage is None:
            try:
                yield from self._waiting()
            except StoreUnavailable:
                return

    def _waiting(self) -> Iterable[Metric]:
        now = self._wall()
        sums: dict[str, tuple[int, float, int]] = {}
        for one in self._store.backlog():
            named = _named(one, sums)
            pending, age, dead = sums.get(named, (0, 0.0, 0))
            oldest = 0.0 if one.oldest is None else max(0.0, now - one.oldest)
            sums[named] = (pending + one.pending, max(age, oldest), dead + one.dead)
        families = [
            GaugeMetricFamily(f"v100_webhook_{name}", said, labels=("endpoint",))
            for name, said in (
                ("pending", "Deliveries that wait"),
                ("oldest_seconds", "Age of the oldest event that waits"),
                ("dead", "Deliveries that were given up and wait for a replay"),
            )
        ]
        for named, values in sorted(sums.items()):
            for family, value in zip(families, values, strict=True):
                family.add_metric([named], value)
        yield from families


def _named(one: Backlog, known: dict[str, Any]) -> str:
    if one.session is not None:
        return OF_SESSION
    return one.endpoint if one.endpoint in known or len(known) < MOST_ENDPOINTS else OTHERS


def _model(model: Watched | None) -> Iterable[Metric]:
    """What asking it costs; zeros where there is no key, so that an alert has something to watch."""
    spent, calls, refused = (
        (0.0, 0, None) if model is None else (model.dollars, model.calls, model.refused)
    )
    yield counter("v100_model_dollars", "Spent at the model, in US dollars", spent)
    yield counter("v100_model_replies", "Replies of the model, used or not", calls)
    yield gauge("v100_model_refused", "1 while the model's key is refused", refused is not None)
    failures = CounterMetricFamily(
        "v100_model_failures", "Questions without an answer", labels=("reason",)
    )
    for reason, count in sorted(({} if model is None else model.failures).items()):
        failures.add_metric([reason[:64]], count)
    yield failures


class HubState(Collector):
    """Sessions and sources of this server, and what befell them."""

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self._hub, self._bus = hub, bus

    def collect(self) -> Iterable[Metric]:
        """What there is now, and what happened since the start."""
        hub = self._hub
        yield gauge("v100_sessions", "Sessions owned by this server", len(hub.live))
        yield gauge("v100_draining", "1 while the server lets go of its sessions", hub.draining)
        yield gauge("v100_sources_running", "Sources that are decoded", hub.sources)
        yield gauge("v100_sources_limit", "Sources that may be", hub.settings.workers)
        lags = [
            float(counts.get("lag") or 0.0)
            for one in list(hub.live.values())
            for counts in list(one.session.counts.values())
        ]
        yield gauge("v100_source_lag_seconds", "The most a source is behind", max(lags, default=0))
        behind = sum(lag > LATE_S for lag in lags)
        yield gauge("v100_sources_behind", "Sources behind by more than 2 s", behind)
        yield gauge("v100_writer_waiting", "Appends that wait for a commit", hub.writer.waiting)
        befell = hub.befell
        yield counter("v100_takeovers", "Sessions taken up from an earlier owner", befell.takeovers)
        yield counter("v100_leases_lost", "Sessions that another server took", befell.lost)
        yield counter(
            "v100_sessions_failed", "Sessions taken up again after a fault", befell.failed
        )
        yield from _model(hub.model)
        connected = getattr(self._bus, "connected", None)
        if connected is not None:
            yield gauge("v100_redis_connected", "1 while Redis is listened to", connected)
            dropped = getattr(self._bus, "dropped", 0)
            yield counter("v100_bus_dropped", "Messages that did not reach Redis", dropped)
