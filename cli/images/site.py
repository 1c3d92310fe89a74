"""A component's libraries, installed from the lock by their hashes, without what only builds."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.images.locked import Pin
from cli.setup.progress import Step
from cli.setup.sources import compile_folder

PACKAGES = "lib/python3.11/site-packages"
_BUILDING = ("*.c", "*.h", "*.hpp", "*.pyx", "*.pxd", "*.a")
_TESTS = ("test", "tests")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]+)*")
_KEPT_LOCALE = "en_US"
"""Of the library that Litestar's examples of documents come from, which nothing asks for."""


def build(step: Step, pins: Sequence[Pin], seen_as: str, fresh: Path) -> None:
    """Make `site-packages` below `fresh`; `seen_as` is where tracebacks say that it is.

    Wheels only: nothing is compiled, and nothing of this machine gets in.
    """
    lock, target = fresh / ".lock", fresh / PACKAGES
    lock.write_text("".join(pin.line for pin in pins))
    install = ["-m", "uv", "pip", "install", "-q", "--require-hashes", "--no-deps"]
    only = ["--only-binary", ":all:", "--python-version", "3.11", "--link-mode", "copy"]
    step.run(
        [sys.executable, *install, *only, "--target", str(target), "-r", str(lock)],
        environment={**os.environ, "UV_NO_CONFIG": "1"},
    )
    lock.unlink()
    without_building(target)
    step.run(["strip", "--strip-unneeded", *sorted(map(str, target.rglob("*.so")))])
    compile_folder(target, seen_as)


def without_building(packages: Path) -> None:
    """Remove programs, what only a compiler reads, and tests of the libraries themselves."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for left in (".lock", ".gitignore", "CACHEDIR.TAG"):
        (packages / left).unlink(missing_ok=True)
    for pattern in _BUILDING:
        for path in packages.rglob(pattern):
            path.unlink()
    for locale in (packages / "faker/providers").glob("*/*/"):
        if _LOCALE.fullmatch(locale.name) and locale.name != _KEPT_LOCALE:
            shutil.rmtree(locale)
    for library in packages.iterdir():
        for name in _TESTS:
            if library.is_dir():
                shutil.rmtree(library / name, ignore_errors=True)
