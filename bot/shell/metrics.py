"""What is counted, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = self._counter("deliveries", "Webhooks received", ("event", "answer"))
        self.answer_seconds = self._histogram("answer_seconds", "Time to answer a webhook", (), FAST)
        self.work = self._counter("work", "Attempts at work", ("kind", "outcome"))
        self.running = Gauge("scansion_work_running", "Work being done now", ("kind",), registry=self.registry)
        self.seconds = self._histogram("work_seconds", "Time that work took", ("kind",), SLOW)
        self.lag = self._histogram("work_lag_seconds", "Time from the webhook to the start of its work", (), SLOW)
        self.waiting = Gauge("scansion_work_waiting", "Work in the queue", ("status",), registry=self.registry)
        self.oldest = Gauge(
            "scansion_work_oldest_seconds", "Age of the oldest waiting work", registry=self.registry
        )
        self.rescued = self._counter("work_rescued", "Work taken over from a process that died", ("outcome",))
        self.gitlab_calls = self._counter("gitlab_calls", "Requests to GitLab", ("operation", "outcome"))
        self.gitlab_seconds = self._histogram("gitlab_seconds", "Time that GitLab took", ("operation",), SLOW)
        self.gitlab_wait_seconds = self._counter("gitlab_wait_seconds", "Time waited before a repetition", ())
        self.diagnoses = self._counter("diagnoses", "Diagnoses by cause", ("cause",))
        self.faults = self._counter("faults", "Rules and causes that broke on a project", ("part",))
        self.fixups = self._counter("fixups", "Fix-up merge requests by outcome", ("outcome",))

    def count(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Count what came of some work; a name that is not known here counts nowhere."""
        counters = {"diagnosis": self.diagnoses, "fixup": self.fixups, "fault": self.faults}
        for name, label in pairs:
            if name in counters:
                counters[name].labels(label).inc()

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"scansion_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"scansion_{name}", text, labels, buckets=buckets, registry=self.registry)
