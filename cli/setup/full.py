"""`python -m cli.setup.full PART…`: build what may come later, and name it when it is there.

A part is `jupyterlab`, or `full`, the image with more languages. The launcher starts it at idle
priority once the platform serves. What fails is tried again later: nobody waits for it, and what
needs the image uses the default one until then.
Exits 0 when it is there, 130 when it is interrupted.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from cli.setup import pointers
from cli.setup.__main__ import begin
from cli.setup.progress import StepFailedError
from cli.setup.run import Builder

PARTS: Mapping[str, Callable[[Builder], None]] = MappingProxyType(
    {"jupyterlab": Builder.build_jupyterlab, "full": Builder.build_full}
)
"""The quick one first."""
AGAIN = 600.0
"""Seconds until the next try: most often a network or a disk that has to be mended first."""


def main(parts: Sequence[str]) -> int:
    """Build until all is built; each is named as soon as it is there."""
    try:
        layout, builder = begin(os.environ)
        # whoever ends the platform waits for this: what is half-built the next build removes
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        left = [part for part in PARTS if part in parts]
        while left := [part for part in left if not named(part, builder, Path(layout.artefacts))]:
            time.sleep(AGAIN)
    except KeyboardInterrupt:
        return 130
    return 0


def named(part: str, builder: Builder, pointer: Path) -> bool:
    """Try once to build a part; what is there is named, and need not be tried again."""
    if not built(part, builder):
        return False
    versions = pointers.Versions(builder.cache / "ide")
    pointers.add(pointer, builder.plan.record(), builder.later(), versions)
    return True


def built(part: str, builder: Builder) -> bool:
    """Try once, and tell whether it is there now."""
    try:
        PARTS[part](builder)
    except StepFailedError as failure:
        print(f"podium: {failure}", file=sys.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
