"""Counts requests: a few additions each, because every request pays for them."""

from itertools import product

from kit.metrics import SUM, Sample
from proxy.core.record import Record
from proxy.core.samples import BUCKETS

_CLASSES = ("read", "write", "other")
_METHODS = {"GET": 0, "HEAD": 0, "OPTIONS": 0} | dict.fromkeys(
    ("POST", "PUT", "PATCH", "DELETE"), 1
)
_STATUSES = ("none", "1xx", "2xx", "3xx", "4xx", "5xx", "other")
_BUCKETS = list(BUCKETS)
_BOUNDS = (*(f"{one:g}" for one in BUCKETS), "+Inf")


class _Kind:
    """What is counted of one kind of host."""

    __slots__ = (
        "received",
        "requests",
        "retries",
        "seconds",
        "sent",
        "times",
        "upstream_seconds",
        "upstream_times",
    )

    def __init__(self) -> None:
        self.requests = [0] * (len(_CLASSES) * len(_STATUSES))
        self.sent = self.received = self.retries = 0
        self.times = [0] * len(_BOUNDS)
        self.seconds = 0.0
        self.upstream_times = [0] * len(_BOUNDS)
        self.upstream_seconds = 0.0


class Tally:
    """Takes in the record of each request that has ended."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._answers: dict[tuple[str, str, int], int] = {}
        self._cut: dict[tuple[str, str], int] = {}

    def count(self, record: Record) -> None:
        """Count a request."""
        kind = self._kinds.get(record.kind)
        if kind is None:
            kind = self._kinds[record.kind] = _Kind()
        status = record.status
        method, hundred = _METHODS.get(record.method, 2), min(status // 100, 6)
        kind.requests[method * len(_STATUSES) + hundred] += 1
        kind.sent += record.sent
        kind.received += record.received
        if status != 101:
            kind.times[_bucket(record.seconds)] += 1
            kind.seconds += record.seconds
        if record.first:
            kind.upstream_times[_bucket(record.upstream)] += 1
            kind.upstream_seconds += record.upstream
        if record.retries:
            kind.retries += record.retries
        if record.code:
            answer = (record.kind, record.code, status)
            self._answers[answer] = self._answers.get(answer, 0) + 1
        if record.ended:
            cut = (record.kind, record.ended)
            self._cut[cut] = self._cut.get(cut, 0) + 1

    def samples(self) -> list[Sample]:
        """Return what was counted."""
        found = []
        for name, kind in self._kinds.items():
            found += _requests(name, kind)
            found += _histogram("request_seconds", name, kind.times, kind.seconds)
            found += _histogram(
                "upstream_seconds", name, kind.upstream_times, kind.upstream_seconds
            )
            found.append(Sample("sent_bytes", (name,), kind.sent))
            found.append(Sample("received_bytes", (name,), kind.received))
            found.append(Sample("retries", (name,), kind.retries))
        for (name, code, status), count in self._answers.items():
            found.append(Sample("answers", (name, code, str(status)), count))
        for cut, count in self._cut.items():
            found.append(Sample("cut", cut, count))
        return found


def _bucket(seconds: float) -> int:
    """Return the place of the first bucket that holds it; most are of the first ones."""
    place = 0
    while place < len(_BUCKETS) and _BUCKETS[place] < seconds:
        place += 1
    return place


def _requests(name: str, kind: _Kind) -> list[Sample]:
    cells = zip(product(_CLASSES, _STATUSES), kind.requests, strict=True)
    return [Sample("requests", (name, *labels), count) for labels, count in cells if count]


def _histogram(metric: str, name: str, times: list[int], seconds: float) -> list[Sample]:
    bounds = zip(_BOUNDS, times, strict=True)
    counts = [Sample(metric, (name, bound), count) for bound, count in bounds]
    return [*counts, Sample(metric, (name, SUM), seconds)]
