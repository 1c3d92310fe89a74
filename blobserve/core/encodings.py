"""Which compressed variant of a file a client takes (RFC 9110, 12.5.3)."""

import re
from functools import lru_cache

SUFFIXES = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""Content coding → how the variant of a file is called, the best first."""
_NOTHING = re.compile(r"\s*q\s*=\s*0(?:\.0{0,3})?\s*")


@lru_cache(256)
def taken(accept: str) -> tuple[str, ...]:
    """Return the codings that an Accept-Encoding names, the best first.

    Weights are no order here: a client that takes brotli at all is served best by it. `*` names
    nothing: programs send it that decode nothing.
    """
    said: dict[str, bool] = {}
    for one in accept.lower().split(","):
        coding, _, weight = one.partition(";")
        said[coding.strip()] = _NOTHING.fullmatch(weight) is None
    return tuple(one for one in SUFFIXES if said.get(one, False))
