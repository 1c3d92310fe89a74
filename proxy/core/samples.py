"""What operators can measure: the catalogue of metrics, and samples of several workers as one.

Every worker counts for itself; whoever is asked puts the samples of all together. Counters add
up, and so do most gauges; of what is the same for all (the age of the feed, a breaker) the worst
counts.
"""

from collections.abc import Iterable

from kit.metrics import Metric, Sample, table
from proxy.core.kinds import KINDS

PREFIX = "podium_proxy_"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; below a millisecond is the proxy itself, above 30 s somebody waits on purpose."""

_KINDS = ", ".join(f"`{name}`" for name in KINDS)
METRICS = (
    Metric(
        "requests",
        "counter",
        ("kind", "method", "status"),
        "Requests that have ended. `method` is read (GET, HEAD, OPTIONS), write or other; `status` "
        "1xx to 5xx, or none when the client was gone before there was one; a 1xx is an upgrade.",
    ),
    Metric(
        "request_seconds",
        "histogram",
        ("kind",),
        "Seconds from a request's head to its end, upgrades left out.",
    ),
    Metric(
        "upstream_seconds",
        "histogram",
        ("kind",),
        "Seconds that an upstream took from the request's head to the first byte of its answer.",
    ),
    Metric("sent_bytes", "counter", ("kind",), "Bytes of bodies and tunnels towards clients."),
    Metric("received_bytes", "counter", ("kind",), "Bytes of bodies and tunnels from clients."),
    Metric(
        "answers",
        "counter",
        ("kind", "code", "status"),
        "Answers of the proxy's own by the code of docs/conditions.md: failures of upstreams "
        "(`server_away`, `bad_gateway`, …), refusals (`request_refused` with the status, "
        "`unauthenticated`, …), and `handover` and `granted` of signing in.",
    ),
    Metric(
        "cut",
        "counter",
        ("kind", "why"),
        "Requests and tunnels that ended before their end: `client_gone`, `upstream_lost`, "
        "`revoked` (the right has ended), `draining` (the proxy has).",
    ),
    Metric("retries", "counter", ("kind",), "Requests sent again, as a kept connection was dead."),
    Metric(
        "connections",
        "gauge",
        ("origin",),
        "Open connections of browsers and of workspaces, and TLS handshakes that have not ended.",
    ),
    Metric(
        "gave_way",
        "counter",
        (),
        "Connections that were cut off for others, as a worker had as many as it may.",
    ),
    Metric("upgrades", "gauge", ("kind",), "Open tunnels, WebSockets above all."),
    Metric(
        "visitors",
        "gauge",
        (),
        "Connections in use at public and shared ports by people without an account; who had "
        "too many is in `answers` as `too_many_connections`.",
    ),
    Metric(
        "waiting",
        "gauge",
        (),
        "Requests to the dashboard, for static files and for images that wait for others of their "
        "address; who has waited too long is in `answers` as `too_many_requests`.",
    ),
    Metric("kept", "gauge", ("to",), "Unused connections to upstreams that are kept open."),
    Metric("routes", "gauge", (), "Workspaces in the route table.", "max"),
    Metric("feed_connected", "gauge", (), "1 while every worker hears the route feed.", "min"),
    Metric(
        "feed_age_seconds",
        "gauge",
        (),
        "Seconds since the feed gave a sign of life; it does every 20 s. After 900 no port is "
        "public any more. -1 when it was never heard.",
        "max",
    ),
    Metric(
        "feed_seq", "gauge", (), "Number of the last change of the worker furthest back.", "min"
    ),
    Metric("feed_changes", "counter", (), "Changes of routes and sessions taken in."),
    Metric(
        "breaker",
        "gauge",
        ("service",),
        "Whether a service is asked: 0 closed (it is), 1 half open (tried), 2 open (away).",
        "max",
    ),
    Metric("breaker_opened", "counter", ("service",), "Times that a breaker opened."),
    Metric("draining", "gauge", (), "Workers that finish what they have and take nothing new."),
    Metric("workers", "gauge", (), "Worker processes that answer."),
    Metric("cpu_seconds", "counter", (), "Processor time of the workers."),
    Metric("resident_bytes", "gauge", (), "Memory of the workers."),
    Metric("descriptors", "gauge", (), "Open descriptors of the workers."),
)
"""Everything that is measured, in the order of the documentation."""

OF_NAME = {one.name: one for one in METRICS}


def merged(workers: Iterable[Iterable[Sample]]) -> list[Sample]:
    """Return the samples of all workers as those of one proxy, sorted."""
    found: dict[tuple[str, tuple[str, ...]], float] = {}
    for samples in workers:
        for one in samples:
            key = (one.name, one.labels)
            if key not in found:
                found[key] = one.value
                continue
            metric = OF_NAME.get(one.name)
            together = metric.together if metric is not None else "sum"
            if together == "sum":
                found[key] += one.value
            elif together == "max":
                found[key] = max(found[key], one.value)
            else:
                found[key] = min(found[key], one.value)
    return [Sample(name, labels, value) for (name, labels), value in sorted(found.items())]


def page() -> str:
    """Return docs/metrics.md."""
    kinds = "\n".join(f"| `{name}` | {words} |" for name, words in KINDS.items())
    bounds = ", ".join(f"{one:g}" for one in BUCKETS)
    return f"""\
# Metrics of the proxy

Generated by `make docs` from `proxy/core/samples.py`. `GET /metrics` of the admin listener gives
them in the text format of Prometheus, all workers as one; how to reach it, and what to watch,
stands in [operating-the-proxy.md](operating-the-proxy.md).

{table(PREFIX, METRICS)}

Histograms have buckets up to {bounds} seconds. Counters begin anew with the proxy; those of a
worker that has ended in order are kept.

| `kind` | is |
|---|---|
{kinds}
"""
