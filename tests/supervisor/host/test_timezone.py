from pathlib import Path

import pytest

from supervisor.host.timezone import zone_of


@pytest.fixture
def zones(tmp_path: Path) -> str:
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe/Berlin").touch()
    (tmp_path / "UTC").touch()
    return str(tmp_path)


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC"])
def test_what_the_image_knows_is_taken(zones, name):
    assert zone_of(name, zones) == name


@pytest.mark.parametrize("name", ["", "Europe", "Mars/Olympus", "../etc/passwd", "/etc/passwd"])
def test_what_it_does_not_know_is_none(zones, name):
    assert zone_of(name, zones) == ""


def test_an_image_without_zones_has_its_own_time():
    assert zone_of("Europe/Berlin", "/nowhere") == ""
