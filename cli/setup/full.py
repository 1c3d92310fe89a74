"""`python -m cli.setup.full`: build the image `full`, and name it when it is there.

The launcher starts it at idle priority once the platform serves. What fails is tried again
later: nobody waits for it, and what needs the image uses the default one until then.
Exits 0 when it is there, 130 when it is interrupted.
"""

import os
import signal
import sys
import time
from pathlib import Path

from cli.setup import pointers
from cli.setup.__main__ import begin
from cli.setup.progress import StepFailedError
from cli.setup.run import Builder

AGAIN = 600.0
"""Seconds until the next try: most often a network or a disk that has to be mended first."""


def main() -> int:
    """Build until it is built."""
    try:
        layout, builder = begin(os.environ)
        # whoever ends the platform waits for this: what is half-built the next build removes
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        while not built(builder):
            time.sleep(AGAIN)
        pointers.add(Path(layout.artefacts), builder.plan.record(), builder.later())
    except KeyboardInterrupt:
        return 130
    return 0


def built(builder: Builder) -> bool:
    """Try once, and tell whether it is there now."""
    try:
        builder.build_full()
    except StepFailedError as failure:
        print(f"podium: {failure}", file=sys.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
