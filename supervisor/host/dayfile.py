"""Where the day's samples outlive the supervisor: a file beside the checkout's marker."""

import os

from supervisor.host.journal import note
from supervisor.host.processes import Account

NAME = "day"
_MOST = 1 << 16
"""Bytes; a day has 17 kB."""


def load(folder: str) -> bytes:
    """Return what an earlier start has kept; nothing when there is none."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(f"{folder}/{NAME}", flags)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _MOST)
    except OSError:  # a folder, or no data in it yet
        return b""
    finally:
        os.close(descriptor)


def keep(folder: str, data: bytes, account: Account) -> None:
    """Put it there as a whole, or leave what there is."""
    path, fresh = f"{folder}/{NAME}", f"{folder}/.{NAME}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        descriptor = os.open(fresh, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchown(descriptor, account.uid, account.gid)
            file.write(data)
        os.replace(fresh, path)  # noqa: PTH105 - lean start, no pathlib
    except OSError as error:  # a full disk: the line is shorter after the next start
        note("day_not_kept", error=str(error))
