"""Debian below a component: its essential packages and a few more, and nothing of the day.

No apt, no manuals, no logs, no identity; every time is the epoch's. So two machines that know the
same packages make the same tree.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from cli.setup.debs import RELEASE, sources
from cli.setup.digests import digest
from cli.setup.progress import Step
from cli.setup.sources import compile_folder

USER = "podium"
USER_ID = 10001
_LEFT_OUT = ("man", "doc", "locale", "info", "lintian", "bash-completion", "bug")
_KEPT = "/usr/share/doc/*/copyright"
_MERGED = "/usr/share/mmdebstrap/hooks/merged-usr"
_NO_MOVER = (
    'mkdir -p "$1/etc/apt/preferences.d"; printf '
    '"Package: usrmerge\\nPin: release *\\nPin-Priority: -1\\n" '
    '>"$1/etc/apt/preferences.d/merged"'
)
"""The package that merges an old /usr brings the whole of Perl; a new root has no use for it."""
_FOLDERS = ("var/log", "var/cache", "var/lib/apt", "etc/apt", "tmp", "run", "usr/share/lintian")
_FILES = (
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "etc/hostname",
    "etc/passwd-",
    "etc/group-",
    "etc/shadow-",
    "etc/gshadow-",
    "etc/subuid-",
    "etc/subgid-",
    "etc/.pwd.lock",
    "var/lib/dpkg/status-old",
    "var/lib/dpkg/lock",
    "var/lib/dpkg/lock-frontend",
    "var/lib/dpkg/diversions-old",
    "var/lib/dpkg/statoverride-old",
)
_PYTHON = "usr/lib/python3.11"
_GIT = "usr/lib/git-core"
_UNUSED = (
    *(f"{_PYTHON}/{one}" for one in ("ensurepip", "idlelib", "lib2to3", "pydoc_data", "test")),
    *(f"{_GIT}/git-{one}" for one in ("daemon", "http-backend", "http-push", "imap-send", "shell")),
    "usr/bin/git-shell",
    "usr/bin/scalar",
    f"{_GIT}/scalar",
    # encodings that only programs in C ask for
    "usr/lib/x86_64-linux-gnu/gconv",
    # git's package wants the whole of Perl, for commands that nobody gives here
    "usr/lib/x86_64-linux-gnu/perl",
    "usr/share/perl",
)
"""Parts of packages that nothing of ours uses, and that are a quarter of all."""
_OPEN = 0o1777


def build(step: Step, packages: Sequence[str], fresh: Path) -> None:
    """Make `rootfs` below `fresh`."""
    root = fresh / "rootfs"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0"}
    step.run(bootstrap(packages, sources(step), root), environment=environment)
    clean(root)
    compile_folder(root / _PYTHON, f"/{_PYTHON}")
    add_user(root)
    still(root)


def lists(folder: Path) -> str:
    """Return what tells one state of Debian's packages, as apt knows them, from another."""
    found = {
        path.name: path.read_bytes()
        for path in folder.glob("*InRelease")
        if b"\nOrigin: Debian\n" in path.read_bytes()
    }
    return digest(found)


def bootstrap(packages: Sequence[str], mirrors: Sequence[str], root: Path) -> list[str]:
    """Return the command that makes the root file system."""
    return [
        "mmdebstrap",
        "--quiet",
        "--variant=essential",
        "--mode=root",
        "--format=directory",
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT),
        f"--dpkgopt=path-include={_KEPT}",
        f"--hook-dir={_MERGED}",
        f"--setup-hook={_NO_MOVER}",
        f"--include={','.join(sorted({*packages, 'usr-is-merged'}))}",
        RELEASE,
        str(root),
        *mirrors,
    ]


def clean(root: Path) -> None:
    """Remove what is of the day, of this machine, or for somebody who installs."""
    for name in _FOLDERS:
        folder = root / name
        if folder.is_dir():
            for one in folder.iterdir():
                _remove(one)
    for name in _FILES:
        (root / name).unlink(missing_ok=True)
    for name in _UNUSED:
        if (root / name).exists():
            _remove(root / name)
    for library in (root / "usr/lib/x86_64-linux-gnu").glob("libperl.so*"):
        library.unlink()
    # timestamps are in them
    for cached in sorted(root.rglob("__pycache__")):
        shutil.rmtree(cached)
    (root / "tmp").chmod(_OPEN)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def add_user(root: Path) -> None:
    """Add the user of processes that need no root."""
    _append(root / "etc/passwd", f"{USER}:x:{USER_ID}:{USER_ID}::/nonexistent:/usr/sbin/nologin\n")
    _append(root / "etc/group", f"{USER}:x:{USER_ID}:\n")


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(line)


def still(folder: Path) -> None:
    """Give everything below a folder, and itself, the epoch's time."""
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.utime(Path(path, name), (0, 0), follow_symlinks=False)
    os.utime(folder, (0, 0))
