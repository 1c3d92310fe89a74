"""Which certificate answers for which name (RFC 6125, 6.4): pure text."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from wire.hosts import Hosts

Held = TypeVar("Held")


def choose(held: Mapping[str, Held], name: str) -> Held | None:
    """Return what is held for a name itself, or for every name beside it (`*.ws.example.org`)."""
    name = name.lower().rstrip(".")
    found = held.get(name)
    if found is not None:
        return found
    _label, dot, rest = name.partition(".")
    return held.get(f"*.{rest}") if dot else None


def wanted(hosts: Hosts) -> list[str]:
    """Return the names that browsers ask an installation for."""
    return [
        hosts.name,
        hosts.workspace_domain,
        f"*.{hosts.workspace_domain}",
        f"ide.{hosts.content}",
    ]


def missing(names: Iterable[str], hosts: Hosts) -> list[str]:
    """Return the wanted names that no certificate is for."""
    held = dict.fromkeys(names, True)
    return [one for one in wanted(hosts) if choose(held, one) is None]
