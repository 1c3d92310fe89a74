"""Which ports people see, in which order, and what happens when one begins to listen. Pure.

As Gitpod has it: entries of .gitpod.yml come first, in their order; a range stands where it is
written, and has an entry for each of its ports that listens or is exposed. All others follow by
number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wire.agent import PortReport
from wire.ports import NOTIFY_PRIVATE, PortWish, opening


@dataclass(frozen=True, slots=True)
class Port:
    """One port as people see it."""

    port: int
    served: PortReport | None = None
    """None while nothing listens."""
    public: bool | None = None
    """None while nobody has said who may open it: it is private then."""
    on_open: str = NOTIFY_PRIVATE
    name: str = ""
    description: str = ""
    protocol: str = ""


def listed(
    wishes: Sequence[PortWish],
    served: Iterable[PortReport],
    exposed: Mapping[int, bool],
) -> list[Port]:
    """Return every port that is wished for, listens or is exposed (port → whether public)."""
    listening = {one.port: one for one in served}
    single = [one.first for one in wishes if one.first == one.last]

    def place(port: int) -> tuple[int, int]:
        fits = (at for at, one in enumerate(wishes) if one.first <= port <= one.last)
        return next(fits, len(wishes)), port

    return [
        _port(port, wish_of(wishes, port), listening.get(port), exposed.get(port))
        for port in sorted({*single, *listening, *exposed}, key=place)
    ]


def _port(port: int, wish: PortWish | None, report: PortReport | None, public: bool | None) -> Port:  # noqa: FBT001 - a fact with three values
    if wish is None:
        return Port(port, report, public, opening(port, None))
    return Port(
        port,
        report,
        public,
        opening(port, wish.on_open),
        wish.name,
        wish.description,
        wish.protocol,
    )


def wish_of(wishes: Iterable[PortWish], port: int) -> PortWish | None:
    """Return the first entry for a port, which counts."""
    return next((one for one in wishes if one.first <= port <= one.last), None)


def document(one: Port, base: str) -> dict[str, Any]:
    """Return a port for programs; `base` is the workspace's address, if it has one."""
    scheme, _, host = base.partition("://")
    report = one.served
    return {
        "port": one.port,
        "served": report is not None,
        "process": report.process if report is not None else "",
        "address": report.address if report is not None else "",
        "loopback": report.loopback if report is not None else False,
        "visibility": "public" if one.public else "private",
        "url": f"{scheme}://{one.port}-{host}" if host else "",
        "name": one.name,
        "description": one.description,
        "on_open": one.on_open,
        "protocol": one.protocol or "http",
    }
