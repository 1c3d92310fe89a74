"""What the chart is told of images that were pushed: pure."""

from collections.abc import Mapping


def values(registry: str, digests: Mapping[str, str]) -> str:
    """Return a values file that names each component's image by its digest."""
    lines = ["images:", f"  registry: {registry}", "  digests:"]
    lines += [f"    {name}: {digest}" for name, digest in sorted(digests.items())]
    return "\n".join(lines) + "\n"
