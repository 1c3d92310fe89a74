"""`python -m cli.setup.idebuild PACKAGE[@VERSION] [--push REFERENCE]`: an editor, as an OCI image.

It is built unless it is there, named for new starts, put into the image store, and pushed to a
registry where one is named. Exits 1 with cause and cure when a step fails, 2 for what there is not
to build, 130 when interrupted.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from cli.setup import editors, pointers, steps
from cli.setup.__main__ import begin
from cli.setup.delivering import deliver, words_of
from cli.setup.progress import Step, StepFailedError
from cli.setup.run import Builder
from cli.setup.storing import Source, shown
from wire.layout import Layout

_NOTHING = "podium: there is nothing to build as {!r}: code, jupyterlab, or code@VERSION"

_NOT_NAMED = "podium: no workspace starts with it: this installation was set up by another version"


def main(*arguments: str) -> int:
    """Build it unless it is there."""
    wanted, to = words_of(arguments, "PACKAGE[@VERSION]")
    package, _, version = wanted.partition("@")
    version = editors.package_version(version) if package == editors.CODE else version
    known = (package == editors.CODE and bool(version) == ("@" in wanted)) or (
        wanted == editors.JUPYTERLAB
    )
    if not known:
        print(_NOTHING.format(wanted), file=sys.stderr)
        return 2
    try:
        layout, builder = begin(os.environ)
        build = _code if package == editors.CODE else _jupyterlab
        source = build(layout, builder, version)
    except StepFailedError as failure:
        print(f"\npodium: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return deliver(layout, source, to)


def _jupyterlab(layout: Layout, builder: Builder, _version: str) -> Source:
    builder.build_jupyterlab()
    tree = builder.cache / "ide" / builder.plan.jupyterlab
    _named(layout, builder)
    return shown("jupyterlab", tree, editors.version_of(tree))


def _code(layout: Layout, builder: Builder, version: str) -> Source:
    """Build VS Code, the pinned version or another, and name it."""
    other = _of_version(layout, builder, version) if version else builder
    other.build_code()
    tree = builder.cache / "ide" / other.plan.ide
    named = editors.version_of(tree)
    _named(layout, builder, (editors.CODE, named, tree.name))
    return shown("ide", tree, named)


def _of_version(layout: Layout, builder: Builder, version: str) -> Builder:
    """Return a builder whose plan pins another version of VS Code."""
    kept = Path(layout.home) / "editors"
    log = builder.cache / "logs" / "ide-version.log"
    with Step(f"Version {version}", log, builder.board, builder.commands) as step:
        pin = editors.pin_of(step, builder.npm, builder.files[editors.PIN], version, kept)
    files = {**builder.files, editors.PIN: pin}
    return replace(builder, files=files, plan=steps.plan(files, builder.npm.version()))


def _named(layout: Layout, builder: Builder, more: tuple[str, str, str] | None = None) -> None:
    """Have new starts find what is there; `more` is package, version and tree."""
    versions = pointers.Versions(builder.cache / "ide", more)
    pointer = Path(layout.artefacts)
    if not pointers.add(pointer, builder.plan.record(), builder.later(), versions):
        print(_NOT_NAMED, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
