"""The end of `podium ide build` and `podium image export`: store, push, and what is told of it."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.setup.storing import NotPushedError, Source, keep, push
from kit.oci.layout import Layout as Store
from wire.layout import Layout

_MB = 1_000_000


def words_of(arguments: Sequence[str], what: str) -> tuple[str, str]:
    """Return what is to be built and where it is to be pushed; empty for nowhere."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", metavar=what)
    parser.add_argument("--push", default="", metavar="REFERENCE")
    found = parser.parse_args(arguments)
    return found.what, found.push


def deliver(layout: Layout, source: Source, to: str) -> int:
    """Keep an image, push it when `to` names a place, and tell; returns the exit code."""
    store = Store(Path(layout.image_store))
    try:
        image = keep(store, source)
        size = store.image(image.digest).size
        print(f"  {source.names[-1]:<30} {image.digest}  {size / _MB:.0f} MB")
        if to:
            print(f"  pushed: {push(store, image, to, os.environ)}")
    except (NotPushedError, OSError) as error:
        print(f"podium: {error}", file=sys.stderr)
        return 1
    return 0
