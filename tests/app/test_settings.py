"""Timeouts of the installation, and what is none."""

import pytest

from app.settings import from_environ
from kit.env import SettingError


def test_timeouts_have_gitpods_default_and_no_lifetime() -> None:
    settings = from_environ({})
    assert (settings.timeout, settings.max_lifetime) == ("30m", "none")
    longer = from_environ({"PODIUM_TIMEOUT": "2H", "PODIUM_MAX_LIFETIME": "36h"})
    assert (longer.timeout, longer.max_lifetime) == ("2h", "36h")
    assert settings.job_limit == "4h"
    assert from_environ({"PODIUM_JOB_LIMIT": "none"}).job_limit == "none"
    assert from_environ({"PODIUM_TIMEOUT": "none"}).timeout == "none"
    assert settings.max_starting == 4
    assert from_environ({"PODIUM_MAX_STARTING": "1"}).max_starting == 1
    assert from_environ({"PODIUM_GALLERY": "NONE"}).gallery == "none"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PODIUM_TIMEOUT", "30"),
        ("PODIUM_TIMEOUT", "25h"),
        ("PODIUM_TIMEOUT", "1ms"),
        ("PODIUM_MAX_LIFETIME", "never"),
        ("PODIUM_MAX_STARTING", "0"),
        ("PODIUM_GALLERY", "open-vsx.org"),
    ],
)
def test_what_is_no_timeout_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        from_environ({name: value})


def test_a_database_on_a_server_is_told_by_its_url_and_never_repeated() -> None:
    settings = from_environ({"PODIUM_DATABASE": "postgres://podium:secret@db/podium"})
    assert settings.database_url == "postgresql+asyncpg://podium:secret@db/podium"
    assert "secret" not in repr(settings)
    assert from_environ({}).database_url.startswith("sqlite+aiosqlite:////")
    with pytest.raises(SettingError, match="PODIUM_DATABASE") as refused:
        from_environ({"PODIUM_DATABASE": "mysql://podium:secret@db/podium"})
    assert "secret" not in str(refused.value)


def test_nodes_are_reached_by_sockets_or_with_certificates() -> None:
    told = {"PODIUM_NODES": "b=/run/b/daemon.sock,c=grpcs://10.0.0.7:8443"}
    with pytest.raises(SettingError, match="PODIUM_LINK_CERTS"):
        from_environ(told)
    settings = from_environ({**told, "PODIUM_LINK_CERTS": "/etc/podium/link"})
    assert settings.nodes == {"b": "/run/b/daemon.sock", "c": "grpcs://10.0.0.7:8443"}
    assert str(settings.link_certs) == "/etc/podium/link"


@pytest.mark.parametrize(
    "nodes", ["b", "b=", "local=/a", "B=/a", "b=grpc://a:1", "b=grpcs://a", "b=grpcs://u@a:1"]
)
def test_what_is_no_node_names_its_variable(nodes: str) -> None:
    with pytest.raises(SettingError, match="PODIUM_NODES"):
        from_environ({"PODIUM_NODES": nodes, "PODIUM_LINK_CERTS": "/etc/podium/link"})
