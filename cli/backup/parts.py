"""What is saved of a data folder, and where it goes when it comes back.

The database (with the sealed keys of every workspace's restore points, pins, people and
their tokens), the master key that opens it, the SSH gateway's host keys, and the settings.
Content of workspaces is in their restore points, and artefacts are built again.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from cli.launcher.paths import real
from wire.layout import Layout

DATABASE = "database"
MASTER_KEY = "master.key"
SETTINGS = "settings.json"
INSTALLATION = "installation"
SSH = "ssh/"
_HOST_KEY = re.compile(r"ssh/[a-zA-Z0-9_]+(?:[.-][a-zA-Z0-9_]+)*", re.ASCII)
_SETTING = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
OWN = frozenset({"PODIUM_HOME", "PODIUM_CACHE", "PODIUM_RUN_ROOT"})
"""Settings of a machine, which another one has its own of."""


class Odd(Exception):
    """A file is not what it should be, e.g. a link to another one."""


def host_keys(layout: Layout) -> Iterator[tuple[str, BinaryIO]]:
    """Yield name and content of each file of the SSH gateway."""
    folder = real(layout.ssh_home)
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        if is_host_key(f"{SSH}{name}"):
            yield f"{SSH}{name}", opened(folder / name)


def is_host_key(name: str) -> bool:
    """Tell whether a part is a file of the SSH gateway."""
    return _HOST_KEY.fullmatch(name) is not None


def is_setting(name: str) -> bool:
    """Tell whether a name is one of a variable, for a shell as well."""
    return _SETTING.fullmatch(name) is not None


def opened(path: Path) -> BinaryIO:
    """Open a file that another user could have replaced by a link. Raises Odd, OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise Odd(f"{path} is a link") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Odd(f"{path} is no file")
    return os.fdopen(descriptor, "rb")


def portable(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that another machine has a use for."""
    return {name: value for name, value in sorted(settings.items()) if name not in OWN}
