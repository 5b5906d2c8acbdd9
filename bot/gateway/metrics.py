"""What the service counts about itself, in a registry of its own. No label carries anything personal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.auth.attempts import Tally
from bot.contracts.background import Background, BackgroundTask

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 3.0, 6.0, 15.0)


def _figure(task: BackgroundTask, name: str) -> float:
    """One figure of a task beside the requests."""
    return float(str(task.to_json()[name]))


class SignInFigures(Collector):
    """What came of signing in, as counted elsewhere."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts now."""
        words = "What came of signing in, by who it was (candidate, agent) and outcome."
        family = CounterMetricFamily("assistant_sign_ins", words, labels=("who", "outcome"))
        for labels, count in sorted(self._tally.all().items()):
            family.add_metric(labels, count)
        yield family


class Metrics:
    """The gateway's figures. Others may register theirs with the same `registry`."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.requests = Counter(
            "assistant_http_requests_total",
            "Requests answered, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "assistant_http_request_seconds",
            "Seconds from the request to its answer, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turns = Counter(
            "assistant_turns_total",
            "Turns taken, by kind (text, choice, digits, event) and outcome (answered or the error's code).",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.turn_seconds = Histogram(
            "assistant_turn_seconds",
            "Seconds that a turn took, waiting included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turns_in_flight = Gauge("assistant_turns_in_flight", "Turns being taken now.", registry=self.registry)
        self.sockets = Gauge("assistant_sockets", "WebSockets open now.", registry=self.registry)
        self.sockets_dropped = Counter(
            "assistant_sockets_dropped_total",
            "WebSockets that we closed, by reason.",
            ("reason",),
            registry=self.registry,
        )

    def watch(self, background: Background) -> None:
        """Publish how the background tasks are, as they are when the figures are asked for."""
        figures = {
            "lag_seconds": "Seconds that the oldest thing a background task should have done has waited.",
            "restarts": "How often a background task had to be started again.",
            "given_up": "Things that a background task will not try again by itself.",
        }
        for name, meaning in figures.items():
            gauge = Gauge(f"assistant_background_{name}", meaning, ("task",), registry=self.registry)
            for task in background.tasks:
                gauge.labels(task.name).set_function(partial(_figure, task, name))

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)
