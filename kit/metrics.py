"""What operators can measure: a catalogue of metrics, and samples of them.

A sample is a metric's name, the values of its labels, and a number.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Kind = Literal["counter", "gauge", "histogram"]
Together = Literal["sum", "max", "min"]
SUM = "sum"
"""Last label of a histogram's sample that is the sum of all values."""


class Metric(Struct, frozen=True):
    """One row of a catalogue; `name` without the prefix and, of a counter, without `_total`."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str
    together: Together = "sum"
    """What becomes of the samples of several processes."""


class Sample(Struct, array_like=True):
    """A number of one metric. A histogram's has the upper bound as its last label, or `sum`."""

    name: str
    labels: tuple[str, ...]
    value: float


def table(prefix: str, metrics: Iterable[Metric]) -> str:
    """Return a catalogue as a table of the documentation."""
    rows = "\n".join(
        f"| `{prefix}{one.name}{'_total' if one.kind == 'counter' else ''}` | {one.kind} "
        f"| {', '.join(f'`{label}`' for label in one.labels)} | {one.help} |"
        for one in metrics
    )
    return f"| metric | type | labels | is |\n|---|---|---|---|\n{rows}"
