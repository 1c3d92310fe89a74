"""What operators can measure of blobserve: the catalogue of metrics, and what was counted."""

from kit.metrics import Metric, Sample, table

PREFIX = "podium_blobserve_"
METRICS = (
    Metric(
        "requests",
        "counter",
        ("kind", "status"),
        "Answers. `kind` is file (static files), registry (container engines and builds, with a "
        "token) or own (the installation's processes, which take images); `status` 2xx to 5xx.",
    ),
    Metric("sent_bytes", "counter", ("kind",), "Bytes of bodies, as they were announced."),
    Metric(
        "found",
        "counter",
        ("where",),
        "Files that were asked for, by where they were: remembered (the same request came a moment "
        "ago), warm (in an image that is open) or cold (its image had to be opened or pulled).",
    ),
    Metric("pulls", "counter", ("result",), "Pulls of images of static files: done, failed."),
    Metric(
        "layers",
        "counter",
        ("how",),
        "Layers that were opened: plain (read where they are), kept (from before) or expanded.",
    ),
    Metric("evicted", "counter", (), "Files that left the cache for others."),
    Metric("evicted_bytes", "counter", (), "Their bytes."),
    Metric("cache_bytes", "gauge", (), "Bytes of expanded layers and compressed files."),
    Metric("cache_limit_bytes", "gauge", (), "Bytes that those may have (`PODIUM_ASSETS_CACHE`)."),
    Metric("store_bytes", "gauge", (), "Bytes of the image store."),
    Metric("store_images", "gauge", (), "Images of the store that have a name."),
    Metric("cpu_seconds", "counter", (), "Processor time."),
    Metric("resident_bytes", "gauge", (), "Memory."),
)


class Counts:
    """Counters of one process; may be added to from threads."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, tuple[str, ...]], float] = {}

    def add(self, name: str, *labels: str, count: float = 1) -> None:
        """Count something."""
        key = name, labels
        self._of[key] = self._of.get(key, 0) + count

    def answered(self, kind: str, status: int, size: int) -> None:
        """Count an answer whose body has so many bytes."""
        self.add("requests", kind, f"{status // 100}xx")
        self.add("sent_bytes", kind, count=size)

    def samples(self) -> list[Sample]:
        """Return everything that was counted."""
        return [Sample(name, labels, value) for (name, labels), value in sorted(self._of.items())]


def section() -> str:
    """Return what docs/metrics.md says of blobserve."""
    return f"""\
## Metrics of blobserve

From `blobserve/core/counts.py`. The same page has them, behind those of the proxy, while blobserve
answers. Alone (`python -m blobserve --store …`) it gives them at `--metrics ADDRESS:PORT`, and on a
cluster at `PODIUM_LISTEN_METRICS`.

{table(PREFIX, METRICS)}
"""
