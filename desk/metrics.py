"""What Prometheus reads at ``/metrics``: what this process has done, and how things stand in the database."""

import time
from collections.abc import Iterable, Iterator, Mapping

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from desk.figures import Figures, figures
from desk.look import Look
from flows.levels import Level
from flows.versions import Versions
from store.database import TROUBLE
from store.journal import Journal
from store.store import Store

# From 5 ms to the 15 s that Twilio waits for an answer.
_TURN_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0, 15.0)
# Up to the minute after which another worker takes a job over.
_JOB_SECONDS = (0.005, 0.02, 0.08, 0.3, 1.2, 5.0, 15.0, 60.0)
# A scrape of Prometheus gives up after ten seconds.
_PATIENCE_SECONDS = 3.0
_CHANNELS = ("sms", "voice")
# The two ways in, and whose signatures are checked.
_TURNS = {"sms.inbound": "sms", "voice.turn": "voice"}
_SIGNED = ("sms", "call")

# Each counter would bring a second series that says when it began.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one application. ``docs/operations.md`` says what each is good for."""

    def __init__(self, store: Store, versions: Versions, journal: Journal) -> None:
        self._registry = CollectorRegistry()
        self._turns = Histogram(
            "spotter_turn_seconds",
            "How long it took to answer a text's webhook or a turn at a kiosk, in seconds.",
            ["channel"],
            buckets=_TURN_SECONDS,
            registry=self._registry,
        )
        for channel in _CHANNELS:
            self._turns.labels(channel)
        self._jobs = Histogram(
            "spotter_job_seconds",
            "How long each job took that a worker in this process did, in seconds.",
            ["kind"],
            buckets=_JOB_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "spotter_refused_signatures_total",
            "Webhooks refused because their signature was wrong.",
            registry=self._registry,
        )
        self._registry.register(_Done(store, versions, journal))
        self._registry.register(_Standing(store))

    def watch(self, app: Flask) -> None:
        """From now on the turns that ``app`` takes are timed, and refused signatures counted."""

        @app.before_request
        def begin() -> None:
            g.begun = time.perf_counter()

        @app.after_request
        def end(response: Response) -> Response:
            if channel := _TURNS.get(request.endpoint or ""):
                self._turns.labels(channel).observe(time.perf_counter() - g.begun)
            if response.status_code == 403 and request.blueprint in _SIGNED:
                self._refused.inc()
            return response

    def job_done(self, kind: str, seconds: float) -> None:
        """A job of this kind was tried, and took so long."""
        self._jobs.labels(kind).observe(seconds)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and their content type: text, or OpenMetrics where the header ``accept`` wants it."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class _Done(Collector):
    """What this process has done since its start, and what it could not do yet."""

    def __init__(self, store: Store, versions: Versions, journal: Journal) -> None:
        self._journal = journal
        self._store = store
        self._versions = versions

    def collect(self) -> Iterator[Metric]:
        counts = self._store.counts
        turns = CounterMetricFamily(
            "spotter_turns", "Turns kept, by the level of their conversation.", labels=["level", "channel"]
        )
        alerts = CounterMetricFamily("spotter_alerts", "Alerts raised, by level.", labels=["level"])
        for level in Level:
            for channel in _CHANNELS:
                turns.add_metric([level.id, channel], counts["turns", level.id, channel])
            alerts.add_metric([level.id], counts["alerts", level.id])
        unkept = CounterMetricFamily(
            "spotter_unkept_turns",
            "Turns that could not be kept, and were answered by the safety net.",
            labels=["channel"],
        )
        for channel in _CHANNELS:
            unkept.add_metric([channel], counts["unkept", channel])
        yield from (turns, alerts, unkept)
        journal: dict[tuple[str, ...], int] = {
            ("waiting",): self._journal.count(),
            ("aside",): self._journal.aside(),
        }
        yield _gauges(
            "spotter_journal_entries",
            "What waits in this machine's journal to be kept, and what was set aside there.",
            ["state"],
            journal,
        )
        flow = GaugeMetricFamily(
            "spotter_flow_info", "The conversation that new people get.", labels=["flow", "version"]
        )
        if (line := self._versions.newest) is not None:
            flow.add_metric([line.flow.id, line.version], 1)
        yield flow


class _Standing(Collector):
    """How things stand in the database: the same from every server that shares it."""

    def __init__(self, store: Store) -> None:
        self._look = Look(lambda: _figures(store), _PATIENCE_SECONDS)

    def collect(self) -> Iterator[Metric]:
        try:
            now = self._look()
        except TROUBLE:
            yield GaugeMetricFamily("spotter_database_up", _UP, 0)
            return
        yield GaugeMetricFamily("spotter_database_up", _UP, 1)
        yield GaugeMetricFamily("spotter_jobs_due", "Jobs that wait for a worker.", now.jobs.due)
        yield GaugeMetricFamily("spotter_jobs_late", "Those due for more than a minute.", now.jobs.late)
        yield GaugeMetricFamily("spotter_jobs_dead", "Jobs given up until staff revive them.", now.jobs.dead)
        yield GaugeMetricFamily(
            "spotter_oldest_due_job_seconds", "How long the first of the due jobs has been due.", now.overdue
        )
        yield GaugeMetricFamily(
            "spotter_oldest_unacknowledged_alert_seconds",
            "How long ago the oldest alert was raised that nobody has taken; 0 without one.",
            now.waited,
        )
        yield _gauges(
            "spotter_live_alerts",
            "Alerts that are not closed, by level and state.",
            ["level", "state"],
            now.alerts,
        )
        yield _gauges(
            "spotter_sends",
            "Texts and calls of the last 24 hours, by kind and state.",
            ["kind", "state"],
            now.sends,
        )
        yield _gauges(
            "spotter_check_ins",
            "Check-ins of the last 7 days and those to come, by state.",
            ["state"],
            now.check_ins,
        )


_UP = "Whether the database could be used for this look (1), or not in time (0)."


def _figures(store: Store) -> Figures:
    with store.database.reading() as connection:
        return figures(connection, store.now())


def _gauges(
    name: str, doc: str, labels: Iterable[str], values: Mapping[tuple[str, ...], int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, doc, labels=list(labels))
    for of, value in sorted(values.items()):
        family.add_metric(of, value)
    return family
