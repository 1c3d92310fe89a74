"""Columns of text."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows below a head, each column as wide as its widest text."""
    everything = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[number]) for row in everything) for number in range(len(head))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in everything
    ]
    return "\n".join(lines) + "\n"
