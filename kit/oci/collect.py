"""Removes from a store what `kit.oci.core.collecting` chooses.

All of it under the lock under which names are given: an image gets its name only when its
parts are there, and they are then needed. Names go first, so that a crash in between leaves
blobs without a name, which the next run removes.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from kit.oci.core.collecting import Blob, Keeping, Named, choose
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout, Missing
from kit.oci.locking import is_at, try_lock

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Collected:
    """What is gone."""

    names: list[str]
    blobs: int
    size: int
    """Bytes that are free now; what somebody has open is free when they close it."""


def collect(
    layout: Layout, keeping: Keeping, now: float, held: Iterable[str] = frozenset()
) -> Collected:
    """Remove what is not needed; `now` is the wall clock, as of the files' times.

    `held` are names and digests of manifests that are in use. A name whose image is not whole
    (somebody has removed files) goes as well.
    """
    kept = set(held)
    layout.make()
    with layout.lock():
        found = {one.name: one.stat() for one in os.scandir(layout.blobs)}
        blobs = {f"sha256:{name}": Blob(one.st_size, one.st_mtime) for name, one in found.items()}
        images, broken = _images(layout, kept)
        reached = {one for digest in kept & blobs.keys() for one in _reached(layout, digest)}
        going = choose(images, blobs, keeping, now, reached)
        names = [*broken, *going.names]
        if names:
            layout.drop(names)
        removed = [one for one in going.blobs if _remove(layout.path(one), blobs[one].since)]
    _sweep(layout.ingest, now - keeping.grace)
    size = sum(blobs[one].size for one in removed)
    if names or removed:
        _log.info("images_collected", names=names, blobs=len(removed), bytes=size)
    return Collected(names, len(removed), size)


def _images(layout: Layout, held: set[str]) -> tuple[list[Named], list[str]]:
    images, broken = [], []
    for name, image in layout.names().items():
        try:
            blobs = frozenset(layout.blobs_of(image.digest))
            used = layout.path(image.digest).stat().st_mtime
        except (Missing, Refused, FileNotFoundError) as error:
            _log.error("image_broken", image=name, detail=str(error))
            broken.append(name)
            continue
        # any of its blobs may be what is held: a manifest of one of its platforms
        images.append(Named(name, blobs, used, held=not held.isdisjoint({name, *blobs})))
    return images, broken


def _reached(layout: Layout, digest: str) -> set[str]:
    try:
        return layout.blobs_of(digest)
    except (Missing, Refused):
        return {digest}


def _remove(path: Path, since: float) -> bool:
    """Remove a blob unless somebody has just said that it is needed."""
    try:
        if path.stat().st_mtime > since:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _sweep(ingest: Path, before: float) -> None:
    """Remove what attempts left that nobody went on with.

    What a lock was had of may be a blob meanwhile, and another attempt's file at its name.
    """
    for one in ingest.iterdir():
        try:
            descriptor = os.open(one, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        old = os.fstat(descriptor).st_mtime < before
        if old and try_lock(descriptor) and is_at(descriptor, one):
            one.unlink(missing_ok=True)
        os.close(descriptor)
