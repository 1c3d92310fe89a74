"""Where the proxy listens."""

import errno
import ipaddress
import socket

BACKLOG = 1024


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
