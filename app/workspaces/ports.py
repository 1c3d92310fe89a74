"""Ports of a workspace: what listens and what people set, put together. Pure.

Rows hold a list of {port, process, address, loopback} for an instance and
{"<port>": {"visibility"}} for a workspace. A port without a setting is private.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from app.workspaces.structs import PortView, Visibility
from wire.agent import PortReport
from wire.hosts import Hosts
from wire.routes import PortRoute

MOST = 100
"""Ports of one instance that are told to people; what an instance says is not trusted."""
_LONGEST = 64
_HIGHEST = 65535

Settings = Mapping[str, Mapping[str, str]]


def kept(reports: Sequence[PortReport]) -> list[dict[str, Any]]:
    """Return what an instance reported as its row holds it, without what cannot be."""
    fit = [one for one in reports if 1 <= one.port <= _HIGHEST]
    found = [to_builtins(one) for one in fit[:MOST]]
    return [
        {**one, "process": _line(one["process"]), "address": _line(one["address"])} for one in found
    ]


def ports_of(
    workspace: str, listening: Sequence[Mapping[str, Any]], settings: Settings, hosts: Hosts
) -> list[PortView]:
    """Return the ports people see: those that listen, and those that are public anyway."""
    known = {int(one["port"]): one for one in listening}
    public = {int(port) for port, one in settings.items() if one.get("visibility") == "public"}
    return [
        PortView(
            port=port,
            url=hosts.port_of(workspace, port),
            visibility=Visibility.PUBLIC if port in public else Visibility.PRIVATE,
            listening=port in known,
            process=known.get(port, {}).get("process", ""),
            address=known.get(port, {}).get("address", ""),
            loopback=known.get(port, {}).get("loopback", False),
        )
        for port in sorted(known.keys() | public)
    ]


def routes_of(settings: Settings) -> dict[int, PortRoute]:
    """Return what proxies have to know."""
    return {
        int(port): PortRoute(visibility=one["visibility"])
        for port, one in settings.items()
        if one.get("visibility") == "public"
    }


def changed(settings: Settings, port: int, visibility: Visibility) -> dict[str, dict[str, str]]:
    """Return the settings with one port set."""
    kept_settings = {name: dict(one) for name, one in settings.items() if name != str(port)}
    if visibility is Visibility.PUBLIC:
        kept_settings[str(port)] = {"visibility": visibility.value}
    return kept_settings


def _line(text: str) -> str:
    return "".join(one for one in text[:_LONGEST] if one.isprintable())
