"""What was handed over is not opened again."""

from pathlib import Path

from kit.listening import close
from proxy.net.listener import opened
from tests.proxy.net.whole import Whole


def test_what_nobody_has_handed_over_is_opened() -> None:
    whole = Whole()
    sockets = opened(whole.settings, {})
    assert set(sockets) == {"public", "entry", "admin"}
    assert Path(whole.layout.entry_socket).is_socket()
    assert opened(whole.settings, sockets) == sockets
    close(sockets)
