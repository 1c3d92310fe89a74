"""P and Q: which ports people see, in which order, and what happens when one listens."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from supervisor.core.gitpodfile import parse
from supervisor.core.portlist import listed
from supervisor.core.ports import Listener, reports
from wire.agent import PortReport
from wire.ports import PortWish

Served = Iterable[tuple[int, str]]


def seen(
    served: Served = (), exposed: dict[int, bool] | None = None, config: str = ""
) -> list[Any]:
    """Return (port, served, on_open, public) of each port."""
    found = listed(_wishes(config), _reports(served), exposed or {})
    return [(one.port, one.served is not None, one.on_open, one.public) for one in found]


def _reports(served: Served) -> list[PortReport]:
    listeners = [Listener(port, address, at) for at, (port, address) in enumerate(served)]
    return reports(listeners, {}, ())


def _wishes(config: str) -> list[PortWish]:
    return parse(".gitpod.yml", config).ports


def numbers(
    served: Served = (), exposed: dict[int, bool] | None = None, config: str = ""
) -> list[int]:
    return [one[0] for one in seen(served, exposed, config)]


LOCAL, ALL = "127.0.0.1", "0.0.0.0"
NP, IGNORE = "notify-private", "ignore"


def p1() -> bool:
    return (
        seen() == []
        and seen([(8080, LOCAL)]) == [(8080, True, NP, None)]
        and seen([(8080, LOCAL)], {8080: False}) == [(8080, True, NP, False)]
        and seen([(8080, LOCAL), (60000, ALL)], {8080: False})
        == [(8080, True, NP, False), (60000, True, IGNORE, None)]
        and seen([(60000, ALL)], {8080: False})
        == [(8080, False, NP, False), (60000, True, IGNORE, None)]
        and seen([], {8080: False}) == [(8080, False, NP, False)]
    )


def p5() -> bool:
    config = "ports: [{port: 4000-5000, onOpen: open-browser}]"
    both = [(4040, LOCAL), (60000, ALL)]
    opens = "open-browser"
    return (
        seen(config=config) == []
        and seen([(4040, LOCAL)], config=config) == [(4040, True, opens, None)]
        and seen([(4040, LOCAL)], {4040: True}, config) == [(4040, True, opens, True)]
        and seen(both, {4040: True}, config)
        == [(4040, True, opens, True), (60000, True, IGNORE, None)]
    )


def wider(served: Served) -> bool:
    """Tell whether 5900 stands once, and the address that is reached from outside counts."""
    (found,) = listed([], _reports(served), {5900: False})
    return found.served is not None and not found.served.loopback


def p13() -> bool:
    wishes = _wishes("ports: [{port: 8080, description: Development server}]")
    steps: list[tuple[Served, dict[int, bool]]] = [
        ((), {}),
        ([(8080, ALL)], {}),
        ([(8080, ALL)], {8080: False}),
    ]
    told = [listed(wishes, _reports(served), exposed) for served, exposed in steps]
    return [[one.description for one in ports] for ports in told] == [["Development server"]] * 3


def p15() -> bool:
    two = "ports: [{port: 3001, name: a}, {port: 3000, name: b}]"
    three = "ports: [{port: 5000-5999, name: r}, {port: 3001}, {port: 3000}]"
    back = "ports: [{port: 3000}, {port: 3001}]"
    left = {5001: False, 5002: False}
    names = [one.name for one in listed(_wishes(back), [], left)]
    return (
        numbers(config=two) == [3001, 3000]
        and numbers(config=three) == [3001, 3000]
        and numbers([(5002, ALL)], config=three) == [5002, 3001, 3000]
        and numbers([(5002, ALL), (5001, ALL)], config=three) == [5001, 5002, 3001, 3000]
        and numbers([], left, back) == [3000, 3001, 5001, 5002]
        and names == [""] * 4
        and seen([(5001, ALL), (3000, ALL)], config=back)
        == [(3000, True, "notify", None), (3001, False, "notify", None), (5001, True, NP, None)]
        and seen([(3000, ALL)], {3000: False}, back)[0] == (3000, True, "notify", False)
    )


def q5() -> bool:
    four = [
        Listener(0x17C0, ALL, 1),
        Listener(0x170C, LOCAL, 2),
        Listener(0x59D8, ALL, 3),
    ]
    six = [Listener(0xEA60, "::", 4), Listener(0x170C, "::1", 5), Listener(0x59D7, "::", 6)]
    return [(one.port, one.loopback) for one in four] == [
        (6080, False),
        (5900, True),
        (23000, False),
    ] and [(one.port, one.loopback) for one in six] == [
        (60000, False),
        (5900, True),
        (22999, False),
    ]


ROWS: dict[str, Callable[[], bool]] = {
    "P1": p1,
    "P3": lambda: (
        [seen([(8080, ALL)], {8080: public})[0][3] for public in (True, False)] == [True, False]
    ),
    "P5": p5,
    "P7": lambda: (
        seen([(8080, LOCAL), (3000, ALL)]) == [(3000, True, NP, None), (8080, True, NP, None)]
    ),
    "P9": lambda: wider([(5900, LOCAL), (5900, ALL)]),
    "P11": lambda: wider([(5900, ALL), (5900, LOCAL)]),
    "P13": p13,
    "P15": p15,
    "P17": lambda: seen([], {3000: False}) == [(3000, False, NP, False)],
    "Q1": lambda: _wishes("") == [],
    "Q3": lambda: (
        [(one.first, one.last) for one in _wishes("ports: [{port: 9229-9339}]")] == [(9229, 9339)]
    ),
    "Q5": q5,
}


@pytest.mark.parametrize("row", ROWS)
def test_ports(row: str) -> None:
    assert ROWS[row]()
