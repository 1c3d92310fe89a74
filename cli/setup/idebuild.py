"""`python -m cli.setup.idebuild PACKAGE[@VERSION]`: build an editor, and name it for new starts.

Exits 1 with cause and cure when a step fails, 2 for what there is not to build, 130 when
interrupted.
"""

import os
import sys
from pathlib import Path

from cli.setup import pointers
from cli.setup.__main__ import begin
from cli.setup.full import PARTS
from cli.setup.progress import StepFailedError


def main(wanted: str) -> int:
    """Build it unless it is there."""
    package, _, version = wanted.partition("@")
    if package not in PARTS or version:
        print(f"podium: there is nothing to build as {wanted!r}: jupyterlab", file=sys.stderr)
        return 2
    try:
        layout, builder = begin(os.environ)
        PARTS[package](builder)
    except StepFailedError as failure:
        print(f"\npodium: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    pointers.add(Path(layout.artefacts), builder.plan.record(), builder.later())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
