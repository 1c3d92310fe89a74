"""Samples in the text format that Prometheus reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import (
    Metric as Family,
)
from prometheus_client.registry import Collector

from kit.metrics import SUM, Metric, Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Samples(Collector):
    def __init__(self, prefix: str, metrics: Iterable[Metric], samples: Iterable[Sample]) -> None:
        self._prefix, self._metrics = prefix, metrics
        self._of: dict[str, list[Sample]] = defaultdict(list)
        for one in samples:
            self._of[one.name].append(one)

    def collect(self) -> Iterator[Family]:
        """Yield each metric of the catalogue, those without a sample too."""
        for metric in self._metrics:
            yield _family(self._prefix, metric, self._of[metric.name])


def _family(prefix: str, metric: Metric, samples: list[Sample]) -> Family:
    name, words, labels = prefix + metric.name, metric.help, metric.labels
    if metric.kind == "histogram":
        return _histogram(HistogramMetricFamily(name, words, labels=labels), samples)
    made: CounterMetricFamily | GaugeMetricFamily
    if metric.kind == "counter":
        made = CounterMetricFamily(name, words, labels=labels)
    else:
        made = GaugeMetricFamily(name, words, labels=labels)
    for one in samples:
        made.add_metric(one.labels, one.value)
    return made


def _histogram(made: HistogramMetricFamily, samples: list[Sample]) -> Family:
    counts: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for one in samples:
        counts[one.labels[:-1]][one.labels[-1]] = one.value
    for labels, of in counts.items():
        total, buckets = 0.0, []
        for bound in sorted((one for one in of if one != SUM), key=float):
            total += of[bound]
            buckets.append((bound, total))
        made.add_metric(labels, buckets, of.get(SUM, 0.0))
    return made


def expose(prefix: str, metrics: Iterable[Metric], samples: Iterable[Sample]) -> bytes:
    """Return the page that a scrape gets, with all of a catalogue."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Samples(prefix, metrics, samples))
    return generate_latest(registry)
