"""Ports of a workspace: what listens and what people set, put together. Pure.

Rows hold a list of {port, process, address, loopback} for an instance, and for a workspace
{"<port>": {"visibility", "protocol"}}, as people set it, and the wishes of its .gitpod.yml.
What a person has set counts until the file says something else of it, and what they have closed
until they open it; then the first wish for the port, where the repository is trusted; a port
without either is private and http.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import to_builtins

from app.workspaces.structs import PortSettings, PortView, Protocol, Visibility
from wire.agent import PortReport
from wire.hosts import Hosts
from wire.ports import IGNORE_COMPLETELY, ON_OPEN, PortWish, opening
from wire.routes import PortRoute

MOST = 100
"""Ports of one instance that are told to people; what an instance says is not trusted."""
_LONGEST = 64
_HIGHEST = 65535
_UNSAID = PortRoute()

Settings = Mapping[str, Mapping[str, str]]
Wishes = Sequence[Mapping[str, Any]]
Shares = Mapping[str, Mapping[str, Any]]
_NO_SHARES: Shares = MappingProxyType({})


def kept(reports: Sequence[PortReport]) -> list[dict[str, Any]]:
    """Return what an instance reported as its row holds it, without what cannot be."""
    fit = [one for one in reports if 1 <= one.port <= _HIGHEST]
    found = [to_builtins(one) for one in fit[:MOST]]
    return [
        {**one, "process": _line(one["process"]), "address": _line(one["address"])} for one in found
    ]


def wishes_kept(wishes: Sequence[PortWish]) -> list[dict[str, Any]]:
    """Return the wishes as a row holds them, without what cannot be."""
    fit = [
        one
        for one in wishes
        if 1 <= one.first <= one.last <= _HIGHEST
        and one.protocol in {"", *Protocol}
        and one.on_open in {"", *ON_OPEN}
    ]
    return [
        {**to_builtins(one), "name": _line(one.name), "description": _line(one.description)}
        for one in fit[:MOST]
    ]


def ports_of(
    workspace: str,
    listening: Sequence[Mapping[str, Any]],
    settings: Settings,
    wishes: Wishes,
    hosts: Hosts,
    shares: Shares = _NO_SHARES,
) -> list[PortView]:
    """Return the ports people see: those that listen, are public or have share links anyway."""
    known = {int(one["port"]): one for one in listening}
    public = public_of(known, settings, wishes)
    shared = Counter(int(one["port"]) for one in shares.values())
    return [
        PortView(
            port=port,
            url=hosts.port_of(workspace, port),
            visibility=Visibility.PUBLIC if port in public else Visibility.PRIVATE,
            listening=port in known,
            protocol=_protocol(settings, wishes, port),
            name=_wish(wishes, port).get("name", ""),
            description=_wish(wishes, port).get("description", ""),
            process=known.get(port, {}).get("process", ""),
            address=known.get(port, {}).get("address", ""),
            loopback=known.get(port, {}).get("loopback", False),
            shares=shared[port],
            on_open=opening(port, _wish(wishes, port).get("on_open")),
        )
        for port in sorted(known.keys() | public | shared.keys())
    ]


def public_of(listening: Iterable[int], settings: Settings, wishes: Wishes) -> set[int]:
    """Return the public ports; of a wished range only those that listen.

    As with Gitpod, a port that is to be ignored completely is opened by no file.
    """
    single = {one["first"] for one in wishes if one["first"] == one["last"]}
    wished = {
        port
        for port in {*listening, *single}
        if "visibility" not in settings.get(str(port), {}) and _opened(_wish(wishes, port))
    }
    public = Visibility.PUBLIC.value
    return wished | {int(port) for port, one in settings.items() if one.get("visibility") == public}


def routes_of(
    listening: Sequence[Mapping[str, Any]], settings: Settings, wishes: Wishes
) -> dict[int, PortRoute]:
    """Return what proxies have to know."""
    known = {int(one["port"]) for one in listening}
    public = public_of(known, settings, wishes)
    single = {one["first"] for one in wishes if one["first"] == one["last"]}
    configured = {int(port) for port in settings}
    routes = {
        port: PortRoute(
            visibility=(Visibility.PUBLIC if port in public else Visibility.PRIVATE).value,
            protocol=_protocol(settings, wishes, port).value,
            listening=port in known,
            name=_wish(wishes, port).get("name", ""),
        )
        for port in sorted(known | public | single | configured)
    }
    return {port: one for port, one in routes.items() if one != _UNSAID}


def changed(settings: Settings, port: int, said: PortSettings) -> dict[str, dict[str, str]]:
    """Return the settings with one port set; what is said is kept, also against a wish."""
    before = {name: dict(one) for name, one in settings.items()}
    new = {name: value for name, value in to_builtins(said).items() if value is not None}
    return {**before, str(port): {**before.get(str(port), {}), **new}}


def taken_back(settings: Settings, before: Wishes, after: Wishes) -> dict[str, dict[str, str]]:
    """Return the settings without those whose port's entry says something else now.

    What a person has set counts until the file changes what it says of it; but a file, which any
    branch may bring along, opens nothing that a person has closed. An entry that is new changes
    nothing of what was set before there was any.
    """
    fields = {"visibility": "public", "protocol": "protocol"}
    kept = {}
    for port, one in settings.items():
        was, now = _wish(before, int(port)), _wish(after, int(port))
        moved = {name for name, field in fields.items() if was and now and was[field] != now[field]}
        if one.get("visibility") == Visibility.PRIVATE:
            moved.discard("visibility")
        kept[port] = {name: value for name, value in one.items() if name not in moved}
    return {port: one for port, one in kept.items() if one}


def _protocol(settings: Settings, wishes: Wishes, port: int) -> Protocol:
    said = settings.get(str(port), {}).get("protocol") or _wish(wishes, port).get("protocol")
    return Protocol(said or Protocol.HTTP)


def _wish(wishes: Wishes, port: int) -> Mapping[str, Any]:
    return next((one for one in wishes if one["first"] <= port <= one["last"]), {})


def _opened(wish: Mapping[str, Any]) -> bool:
    return bool(wish.get("public")) and wish.get("on_open") != IGNORE_COMPLETELY


def _line(text: str) -> str:
    return "".join(one for one in text[:_LONGEST] if one.isprintable())
