"""Unix sockets inside the workspace that are the person's alone."""

import os
import socket

from supervisor.host.processes import Account


def bind(path: str, account: Account) -> socket.socket:
    """Return a socket bound to `path`, 0600 and the account's, instead of an earlier process's.

    Nothing is awaited while the process's umask is another: what two tasks set and put back in
    turns would stay, and every folder made afterwards would be closed to the person.
    """
    if os.path.lexists(path):
        os.unlink(path)  # noqa: PTH108 - lean start, no pathlib
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    before = os.umask(0o177)
    try:
        made.bind(path)
    finally:
        os.umask(before)
    os.chown(path, account.uid, account.gid)
    return made
