"""Where the proxy listens: what it was handed over, and what it opens itself."""

from kit.listening import Sockets, listen_on
from kit.unixsocket import bind_unix
from proxy.settings import Settings

PUBLIC = "public"
"""The one entry, for browsers and programs."""
ENTRY = "entry"
"""The unix socket of connections that come out of workspaces."""


def opened(settings: Settings, given: Sockets) -> Sockets:
    """Return all sockets to accept from; opens what nobody has handed over.

    Raises OSError when an address cannot be had.
    """
    found = dict(given)
    if PUBLIC not in found:
        found[PUBLIC] = listen_on(settings.listen, settings.port)
    if ENTRY not in found:
        found[ENTRY] = [bind_unix(str(settings.layout.entry_socket), 0o666)]
    return found
