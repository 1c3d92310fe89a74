"""Where the proxy listens: what it was handed over, and what it opens itself."""

import socket

from kit.listening import Sockets, listen_on
from kit.unixsocket import bind_unix
from proxy.settings import Settings

PUBLIC = "public"
"""The one entry, for browsers and programs."""
REDIRECT = "redirect"
"""Plain HTTP that leads to HTTPS."""
ENTRY = "entry"
"""The unix socket of connections that come out of workspaces."""

ADMIN = "admin"
"""The unix socket of operators, and their loopback port when there is one."""


def opened(settings: Settings, given: Sockets) -> Sockets:
    """Return all sockets to accept from; opens what nobody has handed over.

    Raises OSError when an address cannot be had.
    """
    found = dict(given)
    if REDIRECT not in found and settings.redirect_port:
        found[REDIRECT] = listen_on(settings.listen, settings.redirect_port)
    if PUBLIC not in found:
        found[PUBLIC] = listen_on(settings.listen, settings.port)
    if ENTRY not in found:
        found[ENTRY] = [bind_unix(str(settings.layout.entry_socket), 0o666)]
    if ADMIN not in found:
        found[ADMIN] = _admin(settings)
    return found


def _admin(settings: Settings) -> list[socket.socket]:
    found = []
    if settings.admin is not None:
        family = socket.AF_INET6 if ":" in settings.admin[0] else socket.AF_INET
        try:
            # shared, because workers whose master has died hold it until they have noticed
            made = socket.create_server(settings.admin, family=family, reuse_port=True)
        except OSError as error:
            raise OSError(error.errno, f"PODIUM_PROXY_ADMIN: {error.strerror}") from error
        made.setblocking(False)
        found.append(made)
    return [bind_unix(str(settings.layout.admin_socket), 0o600), *found]
