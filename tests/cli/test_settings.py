import re
from pathlib import Path

import pytest

from cli.settings import PASSED_ON, Settings
from kit.env import SettingError

CHECKOUT = Path(__file__).resolve().parents[2]


def test_everything_has_a_default() -> None:
    settings = Settings.from_environ({})
    assert str(settings.layout.home) == "/var/lib/podium"
    assert settings.port == 8080
    assert settings.base_url == "http://podium.localhost:8080"
    assert settings.environment["PODIUM_PORT"] == "8080"
    assert settings.url == settings.token == ""


def test_only_known_variables_are_passed_on() -> None:
    environ = {
        "PODIUM_PORT": "9000",
        "PODIUM_EGRESS_ALLOW": "10.0.0.0/8",
        "PODIUM_TOKEN": "secret",
        "PODIUM_URL": "https://podium.example",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    settings = Settings.from_environ(environ)
    assert settings.environment["PODIUM_BASE_URL"] == "http://podium.localhost:9000"
    assert settings.environment["PODIUM_EGRESS_ALLOW"] == "10.0.0.0/8"
    assert "secret" not in settings.environment.values()
    assert settings.url == "https://podium.example"


def test_the_second_image_can_be_left_out() -> None:
    assert Settings.from_environ({}).full_image
    left_out = Settings.from_environ({"PODIUM_FULL_IMAGE": "no"})
    assert not left_out.full_image
    assert left_out.environment["PODIUM_FULL_IMAGE"] == "no"


def test_spelling_makes_no_difference() -> None:
    spelled = {"PODIUM_PORT": "8080", "PODIUM_BASE_URL": "http://podium.localhost:8080/"}
    assert Settings.from_environ(spelled) == Settings.from_environ({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PODIUM_PORT", "0"),
        ("PODIUM_PORT", "65536"),
        ("PODIUM_BASE_URL", "podium.example"),
        ("PODIUM_BASE_URL", "https://podium.example/below"),
        ("PODIUM_URL", "ftp://podium.example"),
    ],
)
def test_what_cannot_be_understood_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.from_environ({name: value})


def test_every_setting_of_a_process_reaches_it() -> None:
    own = set(Settings.from_environ({}).environment)
    only_in_development = {"PODIUM_RUNTIME", "PODIUM_DEV_PORT"}
    only_in_a_cluster = {
        "PODIUM_DATABASE",  # a backup of one machine takes in the database's file
        "PODIUM_LISTEN_METRICS",
        "PODIUM_REDIS",
    }
    for process in ("app", "daemon", "proxy", "blobserve"):
        source = (CHECKOUT / process / "settings.py").read_text()
        named = set(re.findall(r'"(PODIUM_[A-Z_]+)"', source))
        assert named - own - set(PASSED_ON) - only_in_development - only_in_a_cluster == set(), (
            process
        )


def test_a_certificate_makes_it_https_wherever_one_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    made = Settings.from_environ({"PODIUM_TLS_CERT": "a.pem", "PODIUM_PORT": "443"})
    assert made.base_url == "https://podium.localhost"
    assert made.redirect_port == 80
    assert made.environment["PODIUM_TLS_CERT"] == str(tmp_path / "a.pem")
    assert "PODIUM_TLS_KEY" not in made.environment
    with pytest.raises(SettingError, match="not https"):
        Settings.from_environ({"PODIUM_TLS_CERT": "a.pem", "PODIUM_BASE_URL": "http://a.example"})


def test_how_podium_backs_up_itself() -> None:
    plain = Settings.from_environ({})
    assert (plain.save_every, plain.save_most, plain.save_passphrase) == (86_400.0, 7, "")
    assert plain.save_folder == "/var/lib/podium/backups/platform"
    told = {
        "PODIUM_PLATFORM_BACKUP": "6h",
        "PODIUM_PLATFORM_BACKUP_FOLDER": "/mnt/safe",
        "PODIUM_PLATFORM_BACKUPS_KEPT": "30",
        "PODIUM_PLATFORM_BACKUP_PASSPHRASE": "/etc/passphrase",
    }
    other = Settings.from_environ(told)
    assert (other.save_every, other.save_most) == (21_600.0, 30)
    assert (other.save_folder, other.save_passphrase) == ("/mnt/safe", "/etc/passphrase")
    assert told.items() <= other.environment.items()
    for wrong in ("often", "5m"):
        with pytest.raises(SettingError, match="PODIUM_PLATFORM_BACKUP"):
            Settings.from_environ({"PODIUM_PLATFORM_BACKUP": wrong})
