"""Listening sockets: opened here, or handed over by whoever started this process.

A socket that its opener keeps goes on taking connections while those who accept come and go:
what has been queued is served by the next one. That is not so for sockets that each process
opens for itself with SO_REUSEPORT, each of which has a queue that dies with it.
"""

import errno
import ipaddress
import os
import socket
from collections.abc import Mapping

BACKLOG = 4096
"""Connections that wait to be accepted; the kernel's net.core.somaxconn is the limit."""
FIRST = 3
"""The first descriptor that systemd hands over."""

Sockets = dict[str, list[socket.socket]]
"""What each is for → sockets, in the order in which they were opened."""


def addresses(listen: str) -> list[str]:
    """Return the addresses for a setting: with a loopback one, both loopbacks.

    Browsers try both for `*.localhost`, and take the first that answers.
    """
    if not ipaddress.ip_address(listen).is_loopback:
        return [listen]
    return list(dict.fromkeys([listen, "::1"]))


def listen_on(listen: str, port: int) -> list[socket.socket]:
    """Return listening sockets; a machine without IPv6 gets one less.

    Raises OSError when the address itself cannot be had.
    """
    found: list[socket.socket] = []
    for address in addresses(listen):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            found.append(_listen(family, address, port))
        except OSError as error:
            missing = error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
            if address != listen and missing:
                continue
            for one in found:
                one.close()
            raise
        port = port or found[0].getsockname()[1]
    return found


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


# --- handing over ---


def spell(sockets: Sockets) -> str:
    """Return the words that tell a child of the descriptors it is given: `public=5,entry=7`."""
    return ",".join(f"{name}={one.fileno()}" for name, group in sockets.items() for one in group)


def descriptors(sockets: Sockets) -> list[int]:
    """Return the descriptors that a child must be given."""
    return [one.fileno() for group in sockets.values() for one in group]


def adopt(spelt: str) -> Sockets:
    """Return the sockets that `spell` names; raises ValueError for what is no listening socket."""
    found: Sockets = {}
    for word in filter(None, spelt.split(",")):
        name, _, number = word.partition("=")
        found.setdefault(name, []).append(_taken(int(number)))
    return found


def of_systemd(environ: Mapping[str, str], pid: int) -> Sockets:
    """Return what systemd's socket activation has handed over (sd_listen_fds(3)).

    Sockets without a name of their own are `public`. Raises ValueError like `adopt`.
    """
    if environ.get("LISTEN_PID") != str(pid):
        return {}
    count = int(environ.get("LISTEN_FDS", "0"))
    names = environ.get("LISTEN_FDNAMES", "").split(":") if "LISTEN_FDNAMES" in environ else []
    names += ["public"] * (count - len(names))
    found: Sockets = {}
    for number, name in zip(range(FIRST, FIRST + count), names, strict=False):
        named = "public" if name in {"", "unknown"} or name.endswith(".socket") else name
        found.setdefault(named, []).append(_taken(number))
    return found


def _taken(descriptor: int) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        found = socket.socket(fileno=descriptor)
    except OSError as error:
        raise ValueError(f"descriptor {descriptor} is no socket: {error.strerror}") from error
    if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.close()
        raise ValueError(f"descriptor {descriptor} is no listening socket")
    found.setblocking(False)
    return found


def close(sockets: Sockets) -> None:
    """Close our descriptors; who else holds the sockets goes on."""
    for group in sockets.values():
        for one in group:
            one.close()
