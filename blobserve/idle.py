"""Harder compression of the newest image, when nobody has asked for anything for a while."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from blobserve.store.better import Better
from blobserve.store.images import Images
from blobserve.web import Site
from wire.layout import Layout

_log = structlog.get_logger(__name__)


class Pointer(Struct):
    """The part of artefacts.json that counts here."""

    assets: str = ""


def newest(layout: Layout) -> str:
    """Return the build that new workspaces use; empty while set-up has not said."""
    try:
        return msgspec.json.decode(Path(layout.artefacts).read_bytes(), type=Pointer).assets
    except (OSError, msgspec.DecodeError):
        return ""


def load(images: Images, better: Better, build: str) -> None:
    """Open the image of a build, and let it serve the variants that are there."""
    image = images.of_build(build)
    if image is not None:
        image.better = better.of_build(build)


async def recompress_when_quiet(
    layout: Layout, site: Site, images: Images, better: Better, quiet: float
) -> None:
    """Wait until it is quiet, run `blobserve.recompress` once, and serve what it made."""
    while (wait := site.asked + quiet - time.monotonic()) > 0:  # noqa: ASYNC110 - each request moves it
        await asyncio.sleep(wait)
    build = newest(layout)
    better.keep_only(images.builds())
    if images.of_build(build) is None:
        return
    # setpriv: it must not outlive us
    command = ["setpriv", "--pdeathsig=TERM", "--", sys.executable, "-P", "-m"]
    process = await asyncio.create_subprocess_exec(*command, "blobserve.recompress", build)
    code = await process.wait()
    _log.info("recompressed", build=build, exit=code)
    load(images, better, build)
