"""What was handed over is not opened again."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kit.listening import close
from proxy.net.listener import opened
from tests.ports import free_port
from tests.proxy.net.whole import Whole


@pytest.fixture
def whole() -> Iterator[Whole]:
    """The folders and settings of a proxy that nobody starts."""
    made = Whole()
    yield made
    shutil.rmtree(made.folder)


def test_what_nobody_has_handed_over_is_opened(whole: Whole) -> None:
    sockets = opened(whole.settings, {})
    assert set(sockets) == {"public", "entry", "admin"}
    assert Path(whole.layout.entry_socket).is_socket()
    assert opened(whole.settings, sockets) == sockets
    close(sockets)


def test_the_admin_port_is_had_beside_workers_that_end_and_nobody_else(whole: Whole) -> None:
    place = ("127.0.0.1", free_port())
    whole.settings = replace(whole.settings, admin=place)
    given = opened(whole.settings, {})
    again = opened(whole.settings, {name: given[name] for name in ("public", "entry")})
    close({"admin": [*given["admin"], *again["admin"]]})
    with (
        socket.create_server(place),
        pytest.raises(OSError, match="PODIUM_PROXY_ADMIN: Address already in use"),
    ):
        opened(whole.settings, {name: given[name] for name in ("public", "entry")})
    close({name: given[name] for name in ("public", "entry")})
