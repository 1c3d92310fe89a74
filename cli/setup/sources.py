"""The checkout's files: what goes into digests, and the copy that the platform runs from.

A clone below /root cannot be read by the user that runs server and proxy, and a
`git pull` must not change running code; so each version runs from a copy of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli.setup.steps import PLATFORM, Files

_LOCKS = ("requirements.lock",)
_LEFT_OUT = frozenset({"__pycache__", "vendor", "node_modules"})
_MARK = ".digest"


def read(checkout: Path) -> dict[str, bytes]:
    """Return name → content of every file that anything is built from."""
    found = {name: (checkout / name).read_bytes() for name in _LOCKS}
    for part in PLATFORM:
        for folder, folders, files in os.walk(checkout / part):
            folders[:] = [name for name in folders if name not in _LEFT_OUT]
            for name in files:
                path = Path(folder, name)
                if not name.startswith("."):
                    found[str(path.relative_to(checkout))] = path.read_bytes()
    return found


def write(files: Files, target: Path) -> None:
    """Write files below `target`, readable by everybody."""
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_platform(files: Files, vendor: Path, machine_code: Path | None, fresh: Path) -> None:
    """Make the platform's copy: our code, compiled, with the web assets in their place.

    `machine_code` holds extension modules that go before the modules of the same name.
    """
    write(files, fresh)
    if machine_code is not None:
        shutil.copytree(machine_code, fresh, dirs_exist_ok=True)
    shutil.copytree(vendor, fresh / "frontend/static/vendor")
    compile_folder(fresh, "")


def compile_folder(folder: Path, seen_as: str) -> None:
    """Compile all modules for good; `seen_as` is where tracebacks say that they are.

    What is compiled here is never edited, so no start has to look at the sources again. A process
    of its own does it, without random hashes: the bytes follow from the sources alone, not from
    what this process has done before. What cannot be compiled is left to whoever imports it.
    """
    words = ["-P", "-m", "compileall", "-qq", "-d", seen_as]
    words += ["--invalidation-mode", "unchecked-hash"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([sys.executable, *words, str(folder)], env=environment, check=False)


def refresh_vendor(checkout: Path, vendor: Path) -> None:
    """Give the checkout itself the web assets, for development and tests."""
    target = checkout / "frontend/static/vendor"
    mark = target / _MARK
    if not target.is_symlink() and mark.exists() and mark.read_text() == vendor.name:
        return
    if target.is_symlink():
        target.unlink()
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(vendor, target)
    mark.write_text(vendor.name)
