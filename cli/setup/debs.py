"""Files out of Debian packages, without installing them, and what apt knows of its sources."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

from cli.setup.progress import Step

LOADER = "ld-linux-x86-64.so.2"
RELEASE = "bookworm"
_FOLDERS = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64")
_SOURCE = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)|$(ORIGIN)|$(CODENAME)"

_updating = threading.Lock()


def unpack(step: Step, packages: list[str], target: Path, scratch: Path) -> None:
    """Download packages of this machine's Debian release and unpack them below `target`."""
    debs = scratch / "debs"
    debs.mkdir(parents=True)
    if os.geteuid() == 0:
        # apt drops to its own user to download, which must be able to write here
        shutil.chown(debs, "_apt")
    download = ["apt-get", "-q", "download", *packages]
    if step.attempt(download, cwd=debs) != 0:
        # lists that are missing, or older than the packages they name
        update(step)
        step.run(download, cwd=debs)
    target.mkdir(exist_ok=True)
    for deb in sorted(debs.glob("*.deb")):
        step.run(["dpkg-deb", "--extract", str(deb), str(target)])
    shutil.rmtree(debs)


def update(step: Step) -> None:
    """Renew apt's lists; a source that fails is told in the log, and may not be needed."""
    with _updating:
        step.attempt(["apt-get", "-q", "update"])


def sources(step: Step) -> list[str]:
    """Return the host's Debian sources as lines; those of others are left out.

    Raises StepFailedError when apt knows none.
    """
    found = debian_sources(_targets())
    if not found:
        update(step)
        found = debian_sources(_targets())
    if not found:
        raise step.failure(f"apt on this machine knows no source of Debian {RELEASE}")
    return found


def debian_sources(targets: str) -> list[str]:
    """Return source lines from apt's list of index targets, those of Debian's own release."""
    lines: dict[str, None] = {}
    for target in targets.splitlines():
        line, origin, codename = target.rsplit("|", 2)
        if origin == "Debian" and codename.partition("-")[0] == RELEASE:
            lines[line] = None
    return list(lines)


def _targets() -> str:
    return subprocess.run(
        ["apt-get", "indextargets", "--format", _SOURCE, "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def gather_libraries(unpacked: Path, target: Path) -> None:
    """Copy the shared libraries of unpacked packages, links resolved by name, into one folder."""
    target.mkdir(parents=True)
    for folder in _FOLDERS:
        place = unpacked / folder
        for library in sorted(place.iterdir()) if place.is_dir() else ():
            if ".so" in library.name and library.is_file() and not (target / library.name).exists():
                shutil.copy(library, target / library.name)


def relocate(step: Step, program: Path, loader: str) -> None:
    """Point a program at a loader and libraries of its own, wherever the image's are."""
    interpreter = ["--set-interpreter", loader]
    step.run(
        ["patchelf", *interpreter, "--force-rpath", "--set-rpath", "$ORIGIN/../lib", str(program)]
    )


def search_path(step: Step, modules: list[Path], folder: str) -> None:
    """Let native modules find their libraries in `folder` only."""
    for module in modules:
        step.run(["patchelf", "--force-rpath", "--set-rpath", folder, str(module)])
