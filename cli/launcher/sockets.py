"""The proxy's listening sockets: the launcher's, so that they outlive every proxy.

`up` takes those of a launcher that it replaces over, by pidfd_getfd(2), so that whoever
connects meanwhile waits in the queue instead of being refused.
"""

import ctypes
import os
import socket

from cli.launcher.state import State
from cli.settings import Settings
from kit.listening import Sockets, adopt, listen_on
from kit.unixsocket import bind_unix

PUBLIC, REDIRECT, ENTRY = "public", "redirect", "entry"
"""The port of the one entry, the one that leads from http to https, and the unix socket of
connections out of workspaces."""
_PIDFD_GETFD = 438
_ADDRESSES = (
    "PODIUM_LISTEN",
    "PODIUM_PORT",
    "PODIUM_REDIRECT_PORT",
    "PODIUM_HOME",
    "PODIUM_RUN_ROOT",
)
_libc = ctypes.CDLL(None, use_errno=True)


def opened(settings: Settings, given: Sockets) -> Sockets:
    """Return the sockets, opening what was not given; raises OSError."""
    found = dict(given)
    if PUBLIC not in found:
        found[PUBLIC] = listen_on(settings.listen, settings.port)
    if REDIRECT not in found and settings.redirect_port:
        found[REDIRECT] = listen_on(settings.listen, settings.redirect_port)
    if ENTRY not in found:
        found[ENTRY] = [bind_unix(str(settings.layout.entry_socket), 0o666)]
    return found


def taken_over(settings: Settings, found: State | None) -> Sockets:
    """Return a running launcher's sockets as our own; none when they are not what is wanted."""
    if found is None or not found.sockets or not found.launcher.alive():
        return {}
    wanted = settings.environment
    if any(found.environment.get(name) != wanted.get(name) for name in _ADDRESSES):
        return {}
    taken: list[str] = []
    try:
        handle = os.pidfd_open(found.launcher.pid)
        try:
            for word in found.sockets.split(","):
                name, _, number = word.partition("=")
                taken.append(f"{name}={_descriptor(handle, int(number))}")
        finally:
            os.close(handle)
        return adopt(",".join(taken))
    except (OSError, ValueError):  # not allowed here, or gone: a moment of refusals it is
        for one in taken:
            socket.close(int(one.partition("=")[2]))
        return {}


def _descriptor(handle: int, number: int) -> int:
    """Return a copy of another process's descriptor; raises OSError."""
    copy = int(_libc.syscall(_PIDFD_GETFD, handle, number, 0))
    if copy < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return copy
