"""`python -m blobserve.recompress <build>`: brotli at its hardest, for what browsers get most.

A process of its own, since it needs memory for minutes that nobody needs afterwards. It runs
when nothing else wants the processor, may be ended at any moment, and goes on where it was.
"""

import os
import sys
from pathlib import Path

import brotli
import structlog

from blobserve.core.compose import Piece
from blobserve.settings import Settings
from blobserve.store.better import Better
from blobserve.store.images import Image, Images
from kit import log

QUALITY = 11
_log = structlog.get_logger(__name__)


def recompress(image: Image, better: Better) -> int:
    """Compress what is not there yet, the largest first; return how many files were made."""
    build, made = image.folder.name, 0
    there = better.of_build(build)
    wanted = [name for name in image.files if name.endswith(".br") and name not in there]
    for name in sorted(wanted, key=lambda one: -image.files[one].size):
        plain = image.files.get(name.removesuffix(".br"))
        if plain is None:
            continue
        smaller = brotli.compress(_read(plain), quality=QUALITY)
        better.add(build, name, smaller)
        made += 1
    return made


def _read(piece: Piece) -> bytes:
    with Path(piece.blob).open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.size)


def _give_way() -> None:
    os.nice(19)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main(arguments: list[str]) -> int:
    """Recompress one build; 1 when it is not there."""
    settings = Settings.from_environ(os.environ)
    log.configure("recompress", settings.log_level)
    _give_way()
    image = Images(Path(settings.layout.assets)).of_build(arguments[0])
    if image is None:
        return 1
    made = recompress(image, Better(Path(settings.layout.blobserve_home)))
    _log.info("recompressed", image=image.name, files=made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
