"""Settings of the proxy that can be wrong."""

import pytest

from kit.env import SettingError
from proxy.settings import Settings


@pytest.mark.parametrize(
    ("spelt", "address"),
    [("", None), ("127.0.0.1:9100", ("127.0.0.1", 9100)), ("[::1]:9100", ("::1", 9100))],
)
def test_the_admin_port_is_off_or_on_loopback(spelt: str, address: tuple[str, int] | None) -> None:
    assert Settings.from_environ({"PODIUM_PROXY_ADMIN": spelt}).admin == address


@pytest.mark.parametrize(
    "spelt", ["9100", "0.0.0.0:9100", "192.0.2.1:9100", "127.0.0.1:", "127.0.0.1:0", "x:1", "::1"]
)
def test_nobody_else_is_told(spelt: str) -> None:
    with pytest.raises(SettingError):
        Settings.from_environ({"PODIUM_PROXY_ADMIN": spelt})
