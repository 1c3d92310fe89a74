"""`python -m cli.setup.rootbuild NAME [--push REFERENCE]`: a part of workspaces, as an OCI image.

NAME is `default` or `full`, the root file systems of workspaces, or `supervisor`. One machine needs
none of them: its daemon takes the folders. Who pulls the image of a start does, and a cluster.
Exits as `cli.setup.idebuild`.
"""

import os
import sys
from pathlib import Path

from cli.setup import pointers
from cli.setup.__main__ import begin
from cli.setup.delivering import deliver, words_of
from cli.setup.progress import StepFailedError
from cli.setup.run import Builder
from cli.setup.storing import Source, root, shown
from wire.layout import Layout
from wire.ownimages import ROOTS

_SUPERVISOR = "supervisor"


def main(*arguments: str) -> int:
    """Build it unless it is there."""
    name, to = words_of(arguments, "NAME")
    if name not in {*ROOTS, _SUPERVISOR}:
        print(
            f"podium: there is nothing to build as {name!r}: default, full, supervisor",
            file=sys.stderr,
        )
        return 2
    try:
        layout, builder = begin(os.environ)
        source = _built(layout, builder, name)
    except StepFailedError as failure:
        print(f"\npodium: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return deliver(layout, source, to)


def _built(layout: Layout, builder: Builder, name: str) -> Source:
    if name == _SUPERVISOR:
        builder.build_supervisor()
        return shown(_SUPERVISOR, builder.cache / "supervisor" / builder.plan.supervisor)
    if name == "default":
        builder.build_default()
        return root(name, builder.cache / "images" / builder.plan.image)
    builder.build_full()
    pointers.add(Path(layout.artefacts), builder.plan.record(), builder.later())
    return root(name, builder.cache / "images" / builder.plan.full)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
