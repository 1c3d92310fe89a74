from pathlib import PurePosixPath

import pytest

from blobserve.settings import Settings
from kit.env import SettingError


def test_the_defaults_are_an_installations() -> None:
    settings = Settings.from_environ({})
    assert settings.layout.assets == PurePosixPath("/var/cache/podium/assets")
    assert settings.quiet == 600
    assert (settings.store_limit, settings.store_unused) == (50 << 30, 90)


def test_what_cannot_be_understood_is_named() -> None:
    for name, value in (
        ("PODIUM_ASSETS_QUIET", "soon"),
        ("PODIUM_LISTEN_METRICS", "9100"),
        ("PODIUM_REGISTRY_NETWORKS", "10.0.0.1/8"),
        ("PODIUM_IMAGE_REGISTRY", "podium"),
        ("PODIUM_IMAGE_REGISTRY", "registry.example/podium:1"),
        ("PODIUM_IMAGE_REGISTRY", "https://registry.example/podium"),
        ("PODIUM_REGISTRY_PROXY", "proxy.example:3128"),
        ("PODIUM_REGISTRY_PROXY", "https://proxy.example"),
        ("PODIUM_REGISTRY_PROXY", "http://proxy.example/path"),
        ("PODIUM_REGISTRY_MIRRORS", "docker.io"),
        ("PODIUM_REGISTRY_MIRRORS", "docker.io=https://mirror.example"),
        ("PODIUM_REGISTRY_MIRRORS", "docker.io=mirror/x"),
    ):
        with pytest.raises(SettingError, match=name):
            Settings.from_environ({name: value})


def test_registries_that_are_asked() -> None:
    settings = Settings.from_environ(
        {
            "PODIUM_REGISTRY_NETWORKS": "10.0.0.0/8, fd00::/8",
            "PODIUM_REGISTRY_MIRRORS": "docker.io=a.example:5000, docker.io=b.example,ghcr.io=c.x",
        }
    )
    assert [str(one) for one in settings.registry_networks] == ["10.0.0.0/8", "fd00::/8"]
    assert settings.registry_mirrors == {
        "docker.io": ("a.example:5000", "b.example"),
        "ghcr.io": ("c.x",),
    }
    assert Settings.from_environ({}).registry_networks == ()
    proxy = "http://ada:secret@proxy.example:3128"
    assert Settings.from_environ({"PODIUM_REGISTRY_PROXY": proxy}).registry_proxy == proxy
