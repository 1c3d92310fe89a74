"""Who a process of the installation is towards the others, as its certificate says.

A name stands in the certificate's subjectAltName as URI `podium://<name>`, or as DNS name
`<name>.podium.internal` where who issues cannot write URIs. Only the installation's own
authority issues certificates that count, so a name is as good as its key is kept.
"""

from collections.abc import Iterable

SERVER = "server"
PROXY = "proxy"
BLOBSERVE = "blobserve"
DAEMON = "daemon"
"""All daemons of a cluster share this one: their pods come of one template."""
_URI = "podium://"
_DOMAIN = ".podium.internal"


def named(alternatives: Iterable[str]) -> str | None:
    """Return the name among a certificate's alternative names; None without one, and with two."""
    found = {
        name
        for one in alternatives
        if (name := one.removeprefix(_URI) if one.startswith(_URI) else _of_domain(one))
    }
    return found.pop() if len(found) == 1 else None


def domain_of(name: str) -> str:
    """Return the DNS name that stands for a process in certificates; nobody resolves it."""
    return f"{name}{_DOMAIN}"


def _of_domain(text: str) -> str:
    return text.removesuffix(_DOMAIN) if text.endswith(_DOMAIN) else ""
