"""Where a start leads back to: the address that somebody found stopped.

It comes in the start page's own address, which any page of the web can link to. So it counts
only when it is a host of the same workspace, spelled as we spell it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from wire.hosts import Hosts, IdeHost, PortHost

PARAMETER = "back"
LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Back:
    """An address of the workspace."""

    url: str
    words: str
    """What is there, for a button: `VS Code`, `port 3000`."""


def read_back(hosts: Hosts, workspace: str, given: str) -> Back | None:
    """Return where to go back to, None when it is no address of the workspace."""
    plain = all(0x20 < ord(one) < 0x7F and one != "\\" for one in given)
    if not given or len(given) > LONGEST or not plain:
        return None
    parts = urlsplit(given)
    match hosts.parse_origin(given):
        case IdeHost(workspace=named):
            origin, words = hosts.ide(named), "VS Code"
        case PortHost(workspace=named, port=port):
            origin, words = hosts.port_of(named, port), f"port {port}"
        case _:
            return None
    if named != workspace or not given.startswith(f"{origin}/"):
        return None
    query = f"?{parts.query}" if parts.query else ""
    return Back(f"{origin}{parts.path}{query}", words)


def back_of_page(hosts: Hosts, workspace: str, url: str) -> Back | None:
    """Return where the start page at that address leads back to."""
    parts = urlsplit(url)
    if parts.path != f"/start/{workspace}":
        return None
    return read_back(hosts, workspace, parse_qs(parts.query).get(PARAMETER, [""])[0])
