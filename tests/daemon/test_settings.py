from pathlib import Path

import pytest

from daemon.settings import Settings
from kit.env import SettingError


def test_defaults():
    settings = Settings.from_environ({})
    assert str(settings.layout.home) == "/var/lib/podium"
    assert str(settings.layout.run_root) == "/run/podium"
    assert settings.user == "podium"
    assert settings.git_protocols == ("https", "ssh", "file")
    assert (settings.clone_limit, settings.mirror_limit) == (20 << 30, 50 << 30)
    assert (settings.images_limit, settings.images_unused) == (100 << 30, 30)
    assert settings.disk_limits
    assert settings.hosts.dashboard == "http://podium.localhost:8080"
    assert settings.local_repositories == settings.egress_allow == ()


def test_the_home_is_its_real_path(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    settings = Settings.from_environ({"PODIUM_HOME": str(tmp_path / "link")})
    assert str(settings.layout.home) == str((tmp_path / "real").resolve())


def test_lists():
    settings = Settings.from_environ(
        {
            "PODIUM_LOCAL_REPOSITORIES": "/srv/a:/srv/b",
            "PODIUM_GIT_PROTOCOLS": "https:http",
            "PODIUM_EGRESS_ALLOW": "10.1.0.0/16, 10.2.3.4/32",
        }
    )
    assert (settings.clone_limit, settings.mirror_limit) == (20 << 30, 50 << 30)
    assert settings.local_repositories == ("/srv/a", "/srv/b")
    assert settings.git_protocols == ("https", "http")
    assert settings.egress_allow == ("10.1.0.0/16", "10.2.3.4/32")


@pytest.mark.parametrize("text", ["10.0.0.0/99", "x", "10.0.0.1/8", "fd00::/8", "} drop"])
def test_networks_that_are_none(text):
    with pytest.raises(SettingError, match="PODIUM_EGRESS_ALLOW"):
        Settings.from_environ({"PODIUM_EGRESS_ALLOW": text})


def test_classes_without_containers():
    assert Settings.from_environ({}).no_containers == ()
    settings = Settings.from_environ({"PODIUM_NO_CONTAINERS": "small, large"})
    assert settings.no_containers == ("small", "large")
    with pytest.raises(SettingError, match="PODIUM_NO_CONTAINERS: 'huge' is none of"):
        Settings.from_environ({"PODIUM_NO_CONTAINERS": "huge"})


def test_how_often_what_is_stored_is_read_again():
    assert Settings.from_environ({}).backup_check == 7 * 86400
    assert Settings.from_environ({"PODIUM_BACKUP_CHECK": "none"}).backup_check == 0
    assert not Settings.from_environ({}).several
    assert Settings.from_environ({"PODIUM_NODES": "b=/run/b/node.sock"}).several
    with pytest.raises(SettingError, match="PODIUM_BACKUP_CHECK"):
        Settings.from_environ({"PODIUM_BACKUP_CHECK": "weekly"})


def test_the_store_of_restore_points():
    settings = Settings.from_environ({})
    assert settings.backup_store is None
    assert str(settings.backup_store_credentials) == "/var/lib/podium/backup-store"
    assert settings.backup_store_patience == 60
    said = {
        "PODIUM_BACKUP_STORE": "s3:https://objects.example.org/bucket/podium",
        "PODIUM_BACKUP_STORE_REGION": "eu-central-1",
    }
    place = Settings.from_environ(said).backup_store
    assert place is not None
    assert (place.bucket, place.prefix, place.region) == ("bucket", "podium", "eu-central-1")
    said["PODIUM_BACKUP_STORE"] = "s3:https://id:secret@objects.example.org/bucket"
    with pytest.raises(SettingError, match="PODIUM_BACKUP_STORE must have no credentials") as error:
        Settings.from_environ(said)
    assert "secret" not in str(error.value)


def test_the_users_ids():
    assert Settings.from_environ({"PODIUM_USER": "root"}).user_ids == (0, 0)
    with pytest.raises(SettingError, match="no user"):
        _ids = Settings.from_environ({"PODIUM_USER": "nobody-such"}).user_ids


def test_hosts():
    environ = {"PODIUM_PORT": "7000", "PODIUM_CONTENT_DOMAIN": "example.net"}
    assert Settings.from_environ(environ).hosts.port == 7000
    assert Settings.from_environ(environ).hosts.workspace_domain == "ws.example.net"
    with pytest.raises(SettingError, match="base URL"):
        Settings.from_environ({"PODIUM_BASE_URL": "ftp://podium.example.org"})


def test_a_daemon_listens_over_a_network_only_with_certificates() -> None:
    told = {"PODIUM_DAEMON_LISTEN": "0.0.0.0:8443", "NODE_NAME": "worker-1"}
    with pytest.raises(SettingError, match="PODIUM_LINK_CERTS"):
        Settings.from_environ(told)
    settings = Settings.from_environ({**told, "PODIUM_LINK_CERTS": "/etc/podium/link"})
    assert settings.link == (("0.0.0.0", 8443), Path("/etc/podium/link"))
    assert settings.node == "worker-1"
    assert Settings.from_environ({"PODIUM_LINK_CERTS": "/etc/podium/link"}).link is None
