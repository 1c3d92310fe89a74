"""What the proxy makes of its variables where one depends on another."""

from pathlib import Path

import pytest

from kit.env import SettingError
from proxy.settings import Settings, usual_workers


def test_a_certificate_makes_it_https() -> None:
    made = Settings.from_environ({"PODIUM_TLS_CERT": "/a.pem", "PODIUM_PORT": "443"})
    assert made.hosts.dashboard == "https://podium.localhost"
    assert (made.tls_certificate, made.tls_key) == (Path("/a.pem"), None)
    assert made.redirect_port == 80
    other = Settings.from_environ({"PODIUM_TLS_CERT": "/a.pem", "PODIUM_REDIRECT_PORT": "8081"})
    assert other.redirect_port == 8081


def test_without_one_it_may_be_https_too_behind_a_front() -> None:
    made = Settings.from_environ({"PODIUM_BASE_URL": "https://podium.example"})
    assert made.tls_certificate is None
    assert made.redirect_port == 0


def test_a_certificate_for_http_is_a_mistake() -> None:
    with pytest.raises(SettingError, match="not https"):
        Settings.from_environ({"PODIUM_TLS_CERT": "/a.pem", "PODIUM_BASE_URL": "http://a.example"})


def test_workers() -> None:
    assert Settings.from_environ({}).workers == usual_workers() >= 1
    assert Settings.from_environ({"PODIUM_PROXY_WORKERS": "0"}).workers == 0


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
