"""Durations as Go writes them: 90m, 1h30m, 1m0s; whole and part numbers, each with its unit."""

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)")
_LONGEST = 64
"""Characters; what is longer is not read at all."""


def seconds_of(text: str) -> float:
    """Return the seconds of a duration; raises ValueError for what Go would not read either.

    Signs and a bare 0 are refused too: nobody means them.
    """
    if not 0 < len(text) <= _LONGEST:
        raise ValueError(f"{text[:_LONGEST]!r} is no duration")
    total, end = 0.0, 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            raise ValueError(f"{text!r} is no duration")
        total += float(part[1]) * _UNITS[part[2]]
        end = part.end()
    return total


def words_of(seconds: float) -> str:
    """Return a duration for people, to the minute, or to the second below one: 1 h 30 min."""
    if seconds < 60:
        return f"{max(int(seconds), 0)} s"
    hours, minutes = divmod(int(seconds // 60), 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    return " ".join(parts)
